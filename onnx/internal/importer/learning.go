package importer

// learningRules are those of the domain ai.onnx.ml.
var learningRules = map[string]rule{}
