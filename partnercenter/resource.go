package partnercenter

// ResourceAttributes close every resource on the wire.
type ResourceAttributes struct {
	ETag       string `json:"etag,omitzero"`
	ObjectType string `json:"objectType,omitzero"`
}

// ResourceLinks are the links of a resource. Their URIs start with a slash and leave the version out.
type ResourceLinks struct {
	Self     *Link `json:"self,omitzero"`
	Next     *Link `json:"next,omitzero"`
	Previous *Link `json:"previous,omitzero"`
}

// Link is a request that leads from one resource to another.
type Link struct {
	URI    string `json:"uri"`
	Method string `json:"method"`
	// Headers is never null on the wire: the .NET SDK enumerates it unchecked.
	Headers []KeyValue `json:"headers"`
}

// KeyValue is a header of a [Link].
type KeyValue struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// LinkTo is the link to self of the resource at uri.
func LinkTo(uri string) *ResourceLinks {
	links := &struct {
		ResourceLinks
		self Link
	}{self: Link{URI: uri, Method: "GET", Headers: []KeyValue{}}}
	links.Self = &links.self
	return &links.ResourceLinks
}
