package interop

import (
	"slices"
	"testing"

	"adjoint/internal/described"
)

// Every op that describes itself has a rule, or is one of those that are refused with
// ErrUnsupported.
func TestEveryOpHasARule(t *testing.T) {
	refused := []string{
		// gorgonia has no op for them, or none that is right.
		"Acos", "Acosh", "AddBelow", "Asin", "Asinh", "Atan", "Atanh", "Ceil", "Cosh", "CumSum", "Floor", "GatherAlong", "Mod", "Narrow", "Power",
		"Range", "Round", "ScatterAlong", "Sinh", "Tan", "TopIndices", "Trunc", "Whole",
		"Cholesky", "Cofactors", "Det", "LogDet", "Solve",
		"Erf", "GELU", "GELUPrime", "Gather", "ScatterAdd", "Prod", "ProdOfOthers", "StopGradient",
		"SparseMatMul", "SparseWeights", "SparseValues",
		"Scan", "ScanBack", "ScanValue", "ScanBackValue", "ScanAdjoint", "ScanBackAdjoint", "Delay", "Advance",
		// gorgonia's lie in another order, and are padded by as much on either side; see PyTorch's.
		"Conv", "ConvWeights", "ConvImage", "Patches", "Fold",
		"MaxPool", "MaxPoolSlope", "AvgPool", "AvgPoolReverse",
		// gorgonia's batch normalisation is a machine of its own; see PyTorch's.
		"Standardize", "StandardizeSlope", "RMSNorm", "RMSNormSlope",
		// Compile alone makes them, of ops that have rules.
		"ConvLayer", "ConvLayerReLU", "MaxPoolReLU",
		"EntryLogLoss", "Gate", "Layer", "SoftmaxResidual", "SparseSoftmaxResidual",
		// Stable forms alone have them, and a formula is translated as it is written.
		"Centre", "LogRatio", "Residual", "ResidualOfTotal", "SigmoidComplement", "SigmoidResidual", "SoftmaxComplement", "Weigh",
	}
	list, err := described.Ops("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range list {
		switch known := rules[op.Name] != nil; {
		case known && slices.Contains(refused, op.Name):
			t.Errorf("%s: %s has a rule and is among those refused", op.File, op.Name)
		case !known && !slices.Contains(refused, op.Name):
			t.Errorf("%s: no rule for %s: add one to interop/rules.go, or its name to those refused above, with the reason", op.File, op.Name)
		}
	}
}
