// Package fallback answers what nobody else does, so that nothing a person says is met with silence: the menu of what the
// bot can do, at most once in a while, and a short line in between. The same menu comes whenever somebody asks for it
// (菜单, 帮助).
//
// The package imports bot and content. It keeps nothing but the time of the last hint, in the person's session.
package fallback
