package partnercenter

import (
	"encoding/json"
	"iter"
	"net/url"
)

// Collection is a list that comes whole, and without links.
type Collection[T any] struct {
	TotalCount int                 `json:"totalCount"`
	Items      []T                 `json:"items"`
	Attributes *ResourceAttributes `json:"attributes,omitzero"`
}

// CollectionOf is the list of the items, an empty one if there are none.
func CollectionOf[T any](items []T) *Collection[T] {
	if items == nil {
		items = []T{}
	}
	return &Collection[T]{TotalCount: len(items), Items: items, Attributes: &ResourceAttributes{ObjectType: "Collection"}}
}

// eachItem walks the items of a list that comes in pages, from the page with the token on, and ends with the first error.
func eachItem[T any](token string, list func(token string) (items []T, next string, err error)) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for at, more := token, true; more; more = at != "" {
			items, next, err := list(at)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range items {
				if !yield(&items[i], nil) {
					return
				}
			}
			at = next
		}
	}
}

// setFilter puts into the query what a list is searched by, as the SDKs write it.
func setFilter(query url.Values, field, value, operator string) error {
	text, err := json.Marshal(map[string]string{"Field": field, "Value": value, "Operator": operator})
	if err == nil {
		query.Set("filter", string(text))
	}
	return err
}
