// Package moments is the content calendar of moments (朋友圈) of WeCom: what is to be posted, on which day, and how the mix of it stands to what
// was meant. Posts are made by the platform's API and put to the members, each of whom publishes them or lets them be.
package moments
