package graph

func (c *code) verify() error { return nil }
func (p *plan) poison(int)    {}

const invariants = false
