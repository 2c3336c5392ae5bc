package onnx

import (
	"encoding/json"
	"strings"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
)

// Roles are what the file's inputs and outputs are to a model, which predicts, is kept, served
// and written like any other:
//
//	m, err := models.New(f.Roles())
//
// To train it, add a loss and what it needs: see [models.Roles]. Its outputs are those of
// floating-point numbers that the file has for each example. If the file names the classes, as
// WriteModel does, and scikit-learn's programs by an output of names, the only output has these;
// and the only input takes the features that WriteModel named. An input of texts takes the column
// of its name as numbers, the places of texts in [Port].Names; columns that hold texts are refused.
// The Scaler of an input is the model's. With a Front, the inputs take what that computes.
func (f *File) Roles() models.Roles {
	var r models.Roles
	for _, p := range f.Inputs {
		r.Inputs = append(r.Inputs, p.Node)
	}
	if features := f.list(featuresKey); len(r.Inputs) == 1 && f.Front == nil {
		if r.Standardized = f.Inputs[0].Scaler; features != nil {
			r.Columns = map[string][]string{f.Inputs[0].Name: features}
		}
	}
	var classes []string
	for _, p := range f.Outputs {
		dims := p.Node.Shape().Dims()
		switch {
		case p.Names != nil:
			classes = p.Names
		case strings.HasPrefix(p.Type, "float") && len(dims) > 0 && dims[len(dims)-1] == graph.Batch:
			r.Outputs = append(r.Outputs, models.Output{Name: p.Name, P: p.Node})
		}
	}
	if len(r.Outputs) == 1 {
		f.classify(&r.Outputs[0], classes)
	}
	return r
}

// classify gives an output its kind and its classes, if the file has them.
func (f *File) classify(o *models.Output, classes []string) {
	if listed := f.list(classesKey); listed != nil {
		classes = listed
	}
	k := 1
	if o.P.Shape().Rank() > 1 {
		k = o.P.Shape().Dim(0)
	}
	switch {
	case k == 1 && len(classes) == 2:
		o.Kind = models.Binary
	case k != len(classes):
		return
	case f.Metadata[kindKey] == models.Multilabel.String():
		o.Kind = models.Multilabel
	case k > 1:
		o.Kind = models.Categorical
	}
	o.Classes = classes
}

// nameFeatures gives a scaler the names of features, those of data.Names if the file has none.
func (f *File) nameFeatures() {
	for _, p := range f.Inputs {
		if s := p.Scaler; s != nil {
			if s.Features = f.list(featuresKey); len(s.Features) != len(s.Mean) {
				s.Features = data.Names(len(s.Mean))
			}
		}
	}
}

// list is an array of names in the metadata, or nil.
func (f *File) list(key string) []string {
	var names []string
	if json.Unmarshal([]byte(f.Metadata[key]), &names) != nil {
		return nil
	}
	return names
}
