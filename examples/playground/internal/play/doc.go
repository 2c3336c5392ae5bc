// Package play is what the playground's page shows, without the page: a network that is
// trained on points, one example of it forwards and backwards, mistakes that can be made
// in it, and a reader of hand-derived formulas.
//
// Everything a Session returns can be encoded as JSON.
package play
