// Package admin is the surface for whoever runs the server: what on the real service happens behind the scenes, such as the
// vetting of a qualification. It lives under /_tenantry/admin, where nothing of the real service is.
//
// It owns its routes and the key that they are called with. What the calls do belongs to package csp, the faults and the shapes
// on the wire to partnercenter. Without a key there is no such surface.
package admin
