// Package wxxml reads and writes the platform's XML: small, flat documents of elements with text or CDATA. What a document
// may be is narrow, and what is not is refused before it costs anything.
//
// It imports nothing of the house.
package wxxml
