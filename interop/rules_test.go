package interop

import (
	"slices"
	"testing"

	"adjoint/internal/described"
)

// Every op that describes itself has a rule, or is refused with ErrUnsupported as one that
// gorgonia has not.
func TestEveryOpHasARule(t *testing.T) {
	refused := []string{
		// gorgonia has no op for them, or none that is right.
		"Erf", "GELU", "GELUPrime", "Gather", "ScatterAdd", "Prod", "ProdOfOthers", "StopGradient",
		// Compile alone makes them, of ops that have rules.
		"EntryLogLoss", "Gate", "Layer", "SoftmaxResidual", "SparseSoftmaxResidual",
		// Stable forms alone have them, and a formula is translated as it is written.
		"Centre", "LogRatio", "Residual", "ResidualOfTotal", "SigmoidComplement", "SigmoidResidual", "SoftmaxComplement", "Weigh",
	}
	list, err := described.Ops("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range list {
		if known := rules[op.Name] != nil; known == slices.Contains(refused, op.Name) {
			t.Errorf("%s: %s has a rule: %v, is refused: %v; add a rule to interop/rules.go, or the name to refused, one of both", op.File, op.Name, known, !known)
		}
	}
}
