// Package api holds what each package of this module exports, a line for each name, in
// files that a test compares with the code: a change of the API is a change of a file.
//
//	go test ./api -update    # writes them again; read the difference before you commit it
package api
