// Package material plays the platforms' temporary material (临时素材): files that are uploaded before they can stand in a message,
// and that are gone after three days. What a file is, is seen from what is in it, as the platforms do.
package material
