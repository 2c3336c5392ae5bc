package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// pause emits a loop of PAUSE, which every amd64 has: it tells a processor that a
// thread waits, so that the other thread of its core goes on at full speed.
func pause(c *build.Context) {
	c.ConstraintExpr("amd64,!noasm")
	c.Function("pause")
	c.Attributes(attr.NOSPLIT)
	c.SignatureExpr("func(n int)")
	c.Doc("pause executes PAUSE n times, and once if n is less than 1.")
	n := reg.RAX
	c.Load(c.Param("n"), n)
	c.Label("loop")
	c.PAUSE()
	c.DECQ(n)
	c.JG(operand.LabelRef("loop"))
	c.RET()
}
