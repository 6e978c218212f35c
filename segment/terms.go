package segment

import (
	"time"
)

// Term is one thing that is asked of a person.
type Term struct {
	About About
	Name  string        // of the tag, account, scene, member, campaign or topic; empty where there is none
	Fact  string        // of a campaign: "finished", "redeemed"...
	Op    string        // < <= > >= =; empty where nothing is compared
	Span  time.Duration // what a time is compared with
	Score int64         // what a score is compared with
}

// About says what a term asks.
type About string

// What can be asked.
const (
	All        About = "all"
	Tag        About = "tag"
	Account    About = "account"
	Scene      About = "scene"
	Member     About = "member"
	Followed   About = "followed"
	Unfollowed About = "unfollowed"
	Active     About = "active"
	OptedOut   About = "optedout"
	Consent    About = "consent"
	UnionID    About = "unionid"
	Quiz       About = "quiz"
	Coupon     About = "coupon"
	Survey     About = "survey"
)

// The facts of campaigns.
const (
	started    = "started"
	finished   = "finished"
	unfinished = "unfinished"
	score      = "score"
	claimed    = "claimed"
	redeemed   = "redeemed"
	unredeemed = "unredeemed"
	expiring   = "expiring"
	done       = "done"
)

// form is how a term is written.
type form struct {
	alone     bool // the word by itself
	named     bool // word:NAME
	timed     bool // word<30d
	facts     []string
	otherwise string // the fact that is meant when none is written
	example   string
}

// forms are the terms by their words.
func forms() map[string]form {
	return map[string]form{
		string(All):        {alone: true, example: "all"},
		string(Tag):        {named: true, example: "tag:孕期"},
		string(Account):    {named: true, example: "account:shop"},
		string(Scene):      {named: true, example: "scene:pharmacy-01"},
		string(Member):     {named: true, example: "member:zhangsan"},
		string(Followed):   {alone: true, timed: true, example: "followed<30d"},
		string(Unfollowed): {alone: true, timed: true, example: "unfollowed<30d"},
		string(Active):     {timed: true, example: "active<7d"},
		string(OptedOut):   {alone: true, named: true, example: "optedout"},
		string(Consent):    {named: true, example: "consent:live"},
		string(UnionID):    {alone: true, example: "unionid"},
		string(Quiz):       {named: true, facts: []string{started, finished, unfinished, score}, otherwise: started, example: "quiz:health finished"},
		string(Coupon):     {named: true, facts: []string{claimed, redeemed, unredeemed, expiring}, otherwise: claimed, example: "coupon:newgift unredeemed"},
		string(Survey):     {named: true, facts: []string{done}, otherwise: done, example: "survey:satisfaction done"},
	}
}

// words are the terms in the order in which they are listed to people.
func words() []About {
	return []About{Tag, Account, Scene, Member, Followed, Unfollowed, Active, OptedOut, Consent, UnionID, Quiz, Coupon, Survey, All}
}
