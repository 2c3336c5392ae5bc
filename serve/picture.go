package serve

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"adjoint/data"
	"adjoint/models"
)

// pictureTypes are the types of a body that is a picture.
var pictureTypes = []string{"image/png", "image/jpeg"}

// accepts returns the types that a body may have.
func (h *handler) accepts() []string {
	if h.options.Images == nil {
		return []string{jsonType}
	}
	return append([]string{jsonType}, pictureTypes...)
}

// picturePixels is how many pixels a picture may have if Options.Images does not say it. A few bytes can stand for many.
const picturePixels = 1 << 22

// picture returns the row that a picture is. It is decoded in its turn, as predictions are computed.
func (h *handler) picture(ctx context.Context, body []byte, card models.Card) (*data.Dataset, error) {
	select {
	case h.turns <- struct{}{}:
		defer func() { <-h.turns }()
	case <-ctx.Done():
		return nil, h.gaveUp(ctx)
	}
	o := *h.options.Images
	o.Pixels = cmp.Or(o.Pixels, picturePixels)
	row, err := o.Row(body)
	switch {
	case errors.Is(err, data.ErrLimit):
		return nil, fail(http.StatusRequestEntityTooLarge, "the picture: %v", err)
	case errors.Is(err, data.ErrImage):
		return nil, unfit("the picture: %v", err)
	case err != nil:
		return nil, err
	case len(row) != len(card.Features):
		return nil, unfit("the picture has %d numbers; the model takes %d features", len(row), len(card.Features))
	}
	return &data.Dataset{X: row, Features: card.Features, Source: "picture"}, nil
}
