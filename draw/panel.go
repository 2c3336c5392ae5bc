package draw

// A panel is a diagram at its place on the paper: the formula or, in a frame under it, a step.
type panel struct {
	*layout
	title string
	top   int
}

const frameRoom = 14 // between a frame and what is in it

// panels lays out a diagram and its steps, and returns the size of the paper that they take, but for its
// margins.
func (d *Diagram) panels() (panels []panel, width, height int) {
	main := panel{layout: newLayout(d), top: margin}
	panels, width, height = []panel{main}, main.wide(), main.high()
	for _, s := range d.steps {
		p := panel{layout: newLayout(s.diagram), title: s.title, top: height + 2*margin + captionStep + frameRoom}
		panels = append(panels, p)
		width, height = max(width, p.wide()), p.top+p.high()+frameRoom-margin
	}
	return panels, max(width, leastWidth-2*margin), height
}

func (p panel) high() int { return round(p.height + 0.5) }

func (p panel) wide() int {
	w := round(p.width + 0.5)
	if p.title == "" {
		return w
	}
	return max(w, round(wide(p.title, nameSize)+0.5)) + 2*frameRoom
}

// panel draws a panel on paper of some width.
func (p *picture) panel(of panel, width int) {
	p.layout, p.dx, p.dy = of.layout, (float64(width)-of.width)/2, float64(of.top)
	if of.title != "" {
		top := of.top - frameRoom - captionStep
		p.Roundrect(margin, top, width-2*margin, of.high()+2*frameRoom+captionStep, corner, corner, class("frame"))
		p.text(margin+frameRoom, float64(top+captionStep), of.title, nameSize, "text")
	}
	for i, a := range p.d.arrows {
		p.arrow(i, a)
	}
	for i := range p.d.boxes {
		p.box(i)
	}
}
