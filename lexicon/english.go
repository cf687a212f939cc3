package lexicon

import "strings"

// English forms by rule: the lemma, -s, -ed, -ing, and for the adjectives that
// have them -er and -est. A rule makes some words that do not exist, which no
// customer writes; it makes none that is another common word.

// eachEnglish calls yield with every form of the lemma.
func eachEnglish(lemma string, yield func(form string)) {
	yield(lemma)
	if more, ok := irregular[lemma]; ok {
		for f := range strings.FieldsSeq(more) {
			yield(f)
		}
		return
	}
	if len(lemma) < 3 || strings.Contains(lemma, "'") || uninflected[lemma] {
		return
	}
	n := len(lemma)
	last, before := lemma[n-1], lemma[n-2]
	stem := lemma // of -ed and -ing
	switch {
	case last == 'y' && !vowel(before):
		i := lemma[:n-1] + "i"
		yield(i + "es")
		yield(i + "ed")
		yield(lemma + "ing")
		if n <= 7 {
			yield(i + "er")
			yield(i + "est")
		}
		return
	case strings.HasSuffix(lemma, "ie"):
		yield(lemma + "s")
		yield(lemma + "d")
		yield(lemma[:n-2] + "ying")
		return
	case last == 'e':
		yield(lemma + "s")
		yield(lemma + "d")
		if before == 'e' || before == 'o' {
			yield(lemma + "ing")
		} else {
			yield(lemma[:n-1] + "ing")
		}
		if gradable[lemma] {
			yield(lemma + "r")
			yield(lemma + "st")
		}
		return
	case last == 's' || last == 'x' || last == 'z' || strings.HasSuffix(lemma, "ch") || strings.HasSuffix(lemma, "sh"):
		yield(lemma + "es")
	default:
		yield(lemma + "s")
		if last == 'o' {
			yield(lemma + "es")
		}
	}
	if doubles(lemma) {
		stem += string(last)
		if syllables(lemma) > 1 { // travelled and traveled, both
			yield(lemma + "ed")
			yield(lemma + "ing")
		}
	}
	yield(stem + "ed")
	yield(stem + "ing")
	if gradable[lemma] {
		yield(stem + "er")
		yield(stem + "est")
	}
}

// doubles reports whether the last consonant doubles before an ending: one vowel
// and one consonant in a word of one syllable, or a known longer one.
func doubles(w string) bool {
	n := len(w)
	if n < 3 || vowel(w[n-1]) || !vowel(w[n-2]) || vowel(w[n-3]) && !(w[n-3] == 'u' && n > 3 && w[n-4] == 'q') {
		return false
	}
	switch w[n-1] {
	case 'w', 'x', 'y', 'h':
		return false
	}
	if syllables(w) == 1 {
		return true
	}
	for _, end := range []string{"cel", "vel", "fer", "mit", "gret", "lel", "rol", "tol", "nel", "bel", "pel", "cur", "trol", "pat"} {
		if strings.HasSuffix(w, end) && n > 4 {
			return true
		}
	}
	return false
}

func syllables(w string) (n int) {
	for i := range len(w) {
		if vowel(w[i]) && (i == 0 || !vowel(w[i-1])) {
			n++
		}
	}
	return n
}

func vowel(b byte) bool { return strings.IndexByte("aeiou", b) >= 0 }

func wordSet(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// gradable are the short adjectives that take -er and -est. Others do not: a
// waiter does not wait, and a charger is no complaint about a charge.
var gradable = wordSet(`bright broad calm cheap clean clear clever close cold cool cruel cute damp dark dear deep dense dim dull fair fast
	fat few fierce fine firm fit flat fond fresh full grand grave great grim gross hard harsh high hot huge keen kind large late light long
	loose loud low mad mean mild near neat new nice odd old pale plain poor proud pure quick quiet rare raw rich rough rude sad safe sharp
	short sick simple sleek slim slow small smart smooth soft sore sound sour stale steep stern stiff straight strange strict strong sweet
	swift tall tame tense thick thin tight tough vague warm weak weird wide wild wise young`)

// uninflected are the words for which a rule would make another word.
var uninflected = wordSet(`about above after again all almost already also always and any anyone anything are around awfully because been
	before being both but could didnt doesnt dont down each ever every everyone everything far for from fully hardly has her here him his how
	however into its just kindly least less lots many maybe more most much must neither never nobody none nor not nothing now off once one
	only other our out over own please quite rather really same she should since some someone something soon still such than thank
	thanks that the their them then there these they this those though thus together too totally truly under until upon very was were what
	when where which while who whom whose why will with within without would yet you your yours cheers sorry hello goodbye okay thrice twice whatever`)

// irregular are the lemmas whose forms no rule makes: all their other forms.
var irregular = func() map[string]string {
	m := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSpace(irregularForms), "\n") {
		lemma, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		m[lemma] = rest
	}
	return m
}()

const irregularForms = `
	be am is are was were been being
	have has had having
	do does did done doing
	go goes went gone going
	good better best
	well better best
	bad worse worst
	badly worse worst
	little less least
	far further farther furthest farthest
	many more most
	much more most
	say says said saying
	get gets got gotten getting
	make makes made making
	know knows knew known knowing
	think thinks thought thinking
	take takes took taken taking
	see sees saw seen seeing
	come comes came coming
	give gives gave given giving
	find finds found finding
	tell tells told telling
	feel feels felt feeling
	leave leaves left leaving
	put puts putting
	mean means meant meaning meaner meanest
	keep keeps kept keeping
	let lets letting
	begin begins began begun beginning
	show shows showed shown showing
	hear hears heard hearing
	run runs ran running
	hold holds held holding
	bring brings brought bringing
	write writes wrote written writing
	sit sits sat sitting
	stand stands stood standing
	understand understands understood understanding
	misunderstand misunderstands misunderstood misunderstanding
	lose loses lost losing
	pay pays paid payed paying
	repay repays repaid repaying
	meet meets met meeting
	set sets setting
	learn learns learned learnt learning
	lead leads led leading
	mislead misleads misled misleading
	speak speaks spoke spoken speaking
	read reads reading
	spend spends spent spending
	grow grows grew grown growing
	win wins won winning
	buy buys bought buying
	die dies died dying
	send sends sent sending
	resend resends resent resending
	build builds built building
	fall falls fell fallen falling
	cut cuts cutting
	sell sells sold selling
	drive drives drove driven driving
	break breaks broke broken breaking
	eat eats ate eaten eating
	beat beats beaten beating
	steal steals stole stolen stealing
	throw throws threw thrown throwing
	forget forgets forgot forgotten forgetting
	forgive forgives forgave forgiven forgiving
	choose chooses chose chosen choosing
	wear wears wore worn wearing
	tear tears tore torn tearing
	shake shakes shook shaken shaking
	hide hides hid hidden hiding
	bite bites bit bitten biting
	catch catches caught catching
	teach teaches taught teaching
	fight fights fought fighting
	seek seeks sought seeking
	stick sticks stuck sticking
	swear swears swore sworn swearing
	sleep sleeps slept sleeping
	lend lends lent lending
	bend bends bent bending
	burn burns burned burnt burning
	rise rises rose risen rising
	ring rings rang rung ringing
	sink sinks sank sunk sinking
	stink stinks stank stunk stinking
	shrink shrinks shrank shrunk shrinking
	drink drinks drank drunk drinking
	sing sings sang sung singing
	hang hangs hung hanged hanging
	hit hits hitting
	hurt hurts hurting
	cost costs costing costed
	quit quits quitting
	shut shuts shutting
	split splits splitting
	bid bids bidding
	upset upsets upsetting
	feed feeds fed feeding
	lie lies lied lying
	lay lays laid laying
	light lights lit lighted lighting lighter lightest
	draw draws drew drawn drawing
	withdraw withdraws withdrew withdrawn withdrawing
	fly flies flew flown flying
	blow blows blew blown blowing
	freeze freezes froze frozen freezing
	wake wakes woke woken waking
	shine shines shone shined shining
	shoot shoots shot shooting
	bleed bleeds bled bleeding
	cancel cancels cancelled canceled cancelling canceling
	travel travels travelled traveled travelling traveling
	label labels labelled labeled labelling labeling
	total totals totalled totaled
	deal deals dealt dealing
	overcharge overcharges overcharged overcharging
	man men
	woman women
	person people persons
	child children
	this these
	that those
	foot feet
	life lives
	half halves
	shelf shelves
	knife knives
	money monies
	sick sicker sickest
	free freed freeing freer
	i me
	can could
	issue issues issued issuing
	suck sucks sucked sucking
	fun funnier funniest
	funny funnier funniest
	day days
	user users
	happy happier happiest
	lovely lovelier loveliest
	ugly uglier ugliest
	early earlier earliest
	friendly friendlier friendliest
`
