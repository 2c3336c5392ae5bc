// Package serve answers over HTTP what a model predicts for rows given as JSON.
//
//	s := serve.Server("127.0.0.1:8080", serve.Handler(model, serve.Options{}))
//	l, err := net.Listen("tcp", s.Addr)
//	err = serve.Run(ctx, s, l, 10*time.Second) // until ctx is done
//
// # Requests
//
//	POST /predict    what the model says of the rows in the body
//	GET  /model, /   the features, classes and notes of the model, and the limits
//	GET  /healthz    200 if there is a model to ask, else 503
//
// The body of a POST is application/json in UTF-8, one object with one field. A row is a
// list of numbers in the order of the model's features, or an object with a
// number for each of them:
//
//	{"rows": [[5.1, 3.5, 1.4, 0.2], [6.3, 3.3, 6.0, 2.5]]}
//	{"rows": [{"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}]}
//	{"row": [5.1, 3.5, 1.4, 0.2]}
//
// # Answers
//
// The answer has a prediction for each row, in their order. That of a classifier
// is the name of a class, its position in classes, and a probability for each of
// classes:
//
//	{"classes": ["setosa", "versicolor", "virginica"],
//	 "predictions": [{"class": "setosa", "position": 0, "probabilities": [0.97, 0.03, 0]}]}
//
// Where a model of two classes has one output p = P(y = 1|x), the probabilities
// are 1−p and p. The prediction of a regression is a number:
//
//	{"predictions": [{"value": 21.6}]}
//
// The rows of a request go to the model in one call, and every float64 is written
// with the digits that read back as the same float64. So an answer is, bit for
// bit, what Predict and PredictProba return for the same rows.
//
// # Errors
//
// An error is {"error": "row 1, feature \"petal_width\": want a number, have null"}.
// Rows and bytes are counted from 0.
//
//	400    not JSON, or not of the form above: an unknown or repeated field, text after the end
//	404    another path
//	405    another method; the header Allow has the right ones
//	408    the body did not come in time
//	413    the body is too long, or has too many rows
//	415    the body is not application/json, is of another charset than UTF-8, or is compressed
//	421    the Host is another: see [Options].Hosts
//	422    the rows do not fit the model: a number of features that is not its own, an unknown,
//	       repeated or missing feature, what is not a number or not a finite one
//	500    the model failed; [Options].Log has the reason
//	503    the model has not been fitted, had no time before [Options].Timeout, or takes other
//	       features since the request came
//
// A request is refused at the first thing wrong with it, before the model sees a
// row, and at a cost that grows with the bytes that came, not with the length
// that was announced.
package serve
