package store

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/prepare"
)

// predict writes the bits of what the model of a file predicts for the rows of a table.
func predict(model, table string) error {
	m, err := Load(model)
	if err != nil {
		return err
	}
	bits, err := predictions(m, table)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(bits)
	return err
}

func predictions(m models.Model, table string) ([]byte, error) {
	d, err := data.Open(table, data.CSV{Label: data.Name(labels[table]), Missing: data.KeepMissing})
	if err != nil {
		return nil, err
	}
	p, err := m.PredictProba(d)
	if err != nil {
		return nil, err
	}
	var bits []byte
	for _, v := range slices.Concat(p...) {
		bits = binary.LittleEndian.AppendUint64(bits, math.Float64bits(v))
	}
	return bits, nil
}

// labels are those of tables with text, gaps, and texts that the first three quarters of the rows lack.
var labels = map[string]string{
	"../data/penguins.csv":                "species",
	"../prepare/testdata/titanic.csv":     "survived",
	"../prepare/testdata/adult/adult.csv": "income",
}

// The file of a model, in another process, makes of the same table the same bits.
func TestTablesInAnotherProcess(t *testing.T) {
	for table, label := range labels {
		d := must(data.Open(table, data.CSV{Label: data.Name(label), Missing: data.KeepMissing}))
		rows := make([]int, d.Rows()*3/4)
		for i := range rows {
			rows[i] = i
		}
		train := must(d.Subset(rows))
		columns := &prepare.Columns{
			Numbers: []prepare.Step{prepare.Impute{By: prepare.Median, Indicator: true}, prepare.Standardize{}},
			Texts:   []prepare.Step{prepare.OneHot{MinCount: 10, Unknown: prepare.AsRare, Most: 40}},
		}
		outputs := models.Dense{Units: 1, Activation: models.Sigmoid}
		if len(d.Classes) > 2 {
			outputs = models.Dense{Units: len(d.Classes), Activation: models.Softmax}
		}
		for _, m := range []models.Model{
			&models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: columns},
			&models.Deep{Layers: []models.Layer{models.Dense{Units: 6, Activation: models.ReLU}, outputs}, Prepare: columns, Float32: true, Standardize: true},
		} {
			o := models.FitOptions{}
			if _, ok := m.(*models.Deep); ok {
				o.Epochs = 2
			}
			must(m.Fit(t.Context(), train, o))
			path := filepath.Join(t.TempDir(), "model")
			check(t, Save(path, m))
			want := must(predictions(m, table))
			got, err := process(t, "predict", path, table).Output()
			check(t, err)
			if !slices.Equal(want, got) || len(got) == 0 {
				t.Errorf("%s, %T: %d bytes of predictions, other than the %d here", table, m, len(got), len(want))
			}
		}
	}
}
