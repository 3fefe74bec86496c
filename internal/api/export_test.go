package api

// EachRoute calls the function with each route of the table, and whether it is for users alone.
func EachRoute(f func(method, pattern string, forUsers bool)) {
	for _, route := range routes {
		f(route.method, route.pattern, route.access == userOnly)
	}
}
