package importer

import "strings"

// limits are what rules do not read of their operator.
var limits = map[string]string{
	"Compress":        "a condition that depends on the inputs of the file",
	"Constant":        "strings and sparse tensors",
	"Cast":            "strings; integers that the new type has not are an error when they are met",
	"Dropout":         "training",
	"If":              "branches with results of different shapes, where the condition is not known",
	"Loop":            "a count, or a condition, that depends on the inputs of the file",
	"RoiAlign":        "mode max, and a sampling_ratio of 0, where how many points there are depends on the boxes",
	"ScatterElements": "a reduction other than add",
	"ScatterND":       "a reduction other than add",
}

// refusals are the operators that are not read, with the reason.
var refusals = map[string]string{
	"NonZero":           dynamic,
	"Unique":            dynamic,
	"NonMaxSuppression": dynamic,

	"Bernoulli": random, "Multinomial": random, "RandomNormal": random, "RandomNormalLike": random,
	"RandomUniform": random, "RandomUniformLike": random,

	"SequenceAt": sequences, "SequenceConstruct": sequences, "SequenceEmpty": sequences, "SequenceErase": sequences,
	"SequenceInsert": sequences, "SequenceLength": sequences, "SequenceMap": sequences, "ConcatFromSequence": sequences,
	"SplitToSequence": sequences, "Optional": sequences, "OptionalGetElement": sequences, "OptionalHasElement": sequences,

	"StringNormalizer": words, "StringConcat": words, "StringSplit": words, "RegexFullMatch": words, "TfIdfVectorizer": words,

	"QuantizeLinear": quantised, "DequantizeLinear": quantised, "DynamicQuantizeLinear": quantised, "QLinearConv": quantised,
	"QLinearMatMul": quantised, "ConvInteger": quantised, "MatMulInteger": quantised,

	"BitwiseAnd": bitwise, "BitwiseOr": bitwise, "BitwiseXor": bitwise, "BitwiseNot": bitwise,

	"ai.onnx.preview.training.Adam": training, "ai.onnx.preview.training.Adagrad": training,
	"ai.onnx.preview.training.Momentum": training, "ai.onnx.preview.training.Gradient": training,
}

const (
	random    = "random numbers"
	sequences = "sequences and optional values"
	words     = "strings"
	quantised = "quantised numbers"
	bitwise   = "bits of integers"
	training  = "a step of a training: a file that is read predicts, and is trained by this module"
)

// changed are the operators that were others, or had other parameters, before opset 7, the
// oldest from which every operator is read.
var changed = func() map[string]bool {
	set := map[string]bool{}
	for _, op := range strings.Fields(`Add And BatchNormalization Cast Clip Concat Div Dropout Equal Gemm Greater Less
		Mul Or Pad Pow PRelu RNN GRU LSTM Sub Tile Upsample Xor`) {
		set[op] = true
	}
	return set
}()

const oldest = 7
