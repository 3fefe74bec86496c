package partnercenter

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
