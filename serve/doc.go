// Package serve serves the predictions of a model over HTTP, with rows and predictions
// as JSON.
//
//	s := serve.Server("127.0.0.1:8080", serve.Handler(model, serve.Options{}))
//	l, err := net.Listen("tcp", s.Addr)
//	err = serve.Run(ctx, s, l, 10*time.Second) // until ctx is done
//
// # Requests
//
//	POST /predict    the predictions for the rows in the body
//	GET  /model, /   the features, classes and notes of the model, and the limits
//	GET  /healthz    200 if the model has been fitted, else 503
//
// The body of a POST is application/json in UTF-8, one object with one field. A row is a
// list of numbers in the order of the model's features, or an object with a
// number for each of them:
//
//	{"rows": [[5.1, 3.5, 1.4, 0.2], [6.3, 3.3, 6.0, 2.5]]}
//	{"rows": [{"sepal_length": 5.1, "sepal_width": 3.5, "petal_length": 1.4, "petal_width": 0.2}]}
//	{"row": [5.1, 3.5, 1.4, 0.2]}
//
// A model that has a preparer takes the values of a table: texts where it was fitted to text, and null for a gap,
// {"rows": [["Biscoe", 46.1, null, "female"]]}. GET /model then has the types of the features. Of a model of sparse
// rows, of which GET /model says so, an object names the features that are not 0: {"rows": [{"x17": 0.5}]}.
//
// With [Options].Images the body may be one picture in its place, image/png or image/jpeg, which is scaled and read as
// those of the training were. The answer is that for one row:
//
//	curl -H 'Content-Type: image/png' --data-binary @seven.png http://127.0.0.1:8080/predict
//
// # Answers
//
// The answer has a prediction for each row, in their order. The prediction of a
// classifier is the name of a class, its position in classes, and the probability of each
// class:
//
//	{"classes": ["setosa", "versicolor", "virginica"],
//	 "predictions": [{"class": "setosa", "position": 0, "probabilities": [0.97, 0.03, 0]}]}
//
// If a model of two classes has one output p = P(y = 1|x), the probabilities are 1−p and
// p. The prediction of a regression is a number:
//
//	{"predictions": [{"value": 21.6}]}
//
// or {"values": […]}, if there are several for each row. Of several labels for each row the
// prediction has those that are more probable than not, and the probability of each:
// {"labels": ["new"], "probabilities": {"new": 0.8, "old": 0.1}}. Where the model has several
// outputs, each prediction is an object of these by name:
//
//	{"predictions": [{"likes": {"class": "yes", …}, "stars": {"value": 4.2}}]}
//
// The rows of a request are predicted in one call, and every float64 is written with
// enough digits to read back the same float64. So an answer has the bits that Predict and
// PredictProba return for the same rows.
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
//	413    the body is too long, has too many rows, or is a picture of too many pixels
//	415    the body is not application/json or a picture that is taken, is of another charset than UTF-8, or is compressed
//	421    the Host is not served here: see [Options].Hosts
//	422    the picture cannot be read, or the rows do not fit the model: a wrong number of features, an unknown, repeated or
//	       missing feature, or a value that is not a finite number, or that the formula or the
//	       preparer refuses
//	500    the model failed; [Options].Log has the reason
//	503    the model has not been fitted, did not answer within [Options].Timeout, or has other
//	       features since the request came
//
// A request is refused at its first error, before the model is called. The cost of a
// refusal depends on the bytes that were received, not on the Content-Length.
package serve
