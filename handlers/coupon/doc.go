// Package coupon gives codes: once per person and campaign, to those who follow or scan with the campaign's scene, and to
// those who ask for it with a keyword or a menu item. Codes come from an imported batch or are made when they are given.
//
// One claim: the router picks the campaign, the Handler asks the store for a code under the event's key, so that the same
// event gets the same code again, and tells the outcomes apart in plain words: given, sold out, not begun, over, outside its
// hours, had before. Shops use codes up through the RedeemAPI.
//
// The package imports bot, content and store.
package coupon
