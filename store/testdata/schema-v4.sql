-- The database of odzew: the data dictionary.
--
-- SQLite, one file. For others to read (Datasette, Metabase, DuckDB) are the
-- tables `conversations` and `messages`, and the views at the end of this file:
-- conversation_overview, message_overview and turn_overview. Everything else may
-- change between versions.
--
-- Rules:
--   * Instants are INTEGER seconds since 1970-01-01 00:00:00 UTC. Durations are
--     INTEGER seconds. Local dates are TEXT 'YYYY-MM-DD' in the desk's time zone.
--   * What came from a source (conversations, messages, events, ratings) is never
--     changed by analysis. What analysis makes (message_scores, turns, findings,
--     *_rollups) can be dropped and made again: it carries its versions.
--   * A row that came from outside is identified by (source, external_id); a second
--     pull of it changes nothing.
--   * PRAGMA user_version holds the version of this schema.

-- Small facts about this database: 'identity_key' (random, keys the hashes of
-- customers' identities), 'created_at', 'zone', 'lexicon_version', 'analyzer_version'.
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID, STRICT;

-- One row a configured source (an account, a mailbox, a file).
CREATE TABLE sources (
  name       TEXT PRIMARY KEY,
  cursor     BLOB,                  -- opaque to all but the connector; covers exactly the committed rows
  pulled_at  INTEGER,               -- end of the last pull that succeeded
  failed_at  INTEGER,               -- end of the last pull that failed, NULL after a success
  error      TEXT,                  -- why it failed, without secrets
  down_since INTEGER                -- first failure since the last success
) WITHOUT ROWID, STRICT;

-- What the program did, and when: one row a pull, import, analysis or digest.
CREATE TABLE runs (
  id            INTEGER PRIMARY KEY,
  kind          TEXT NOT NULL,      -- sync, import, analyze, digest
  source        TEXT NOT NULL DEFAULT '',
  started_at    INTEGER NOT NULL,
  ended_at      INTEGER,            -- NULL: running, or killed
  outcome       TEXT,               -- done, failed, partial (something was set aside), stopped (by whoever runs it)
  conversations INTEGER NOT NULL DEFAULT 0,
  messages      INTEGER NOT NULL DEFAULT 0,
  dead_letters  INTEGER NOT NULL DEFAULT 0,
  error         TEXT
) STRICT;

-- Records that could not be taken in. Never thrown away: shown by
-- `odzew deadletters`, replayed once their cause is mended.
CREATE TABLE dead_letters (
  id          INTEGER PRIMARY KEY,
  source      TEXT NOT NULL,
  place       TEXT NOT NULL,        -- file:line, mailbox/uid, record id
  reason      TEXT NOT NULL,
  raw         BLOB NOT NULL,        -- the record as it came, at most 1 MiB of it
  raw_bytes   INTEGER NOT NULL,     -- its whole size
  raw_hash    BLOB NOT NULL,        -- SHA-256 of the kept bytes: the same record is kept once
  first_at    INTEGER NOT NULL,
  last_at     INTEGER NOT NULL,
  times       INTEGER NOT NULL DEFAULT 1,
  replayed_at INTEGER,              -- taken in after all
  UNIQUE (source, place, raw_hash)
) STRICT;

-- The people and firms that conversations are with. Personal data.
CREATE TABLE customers (
  id          INTEGER PRIMARY KEY,
  source      TEXT NOT NULL,
  external_id TEXT NOT NULL,        -- the source's id; for mail the address
  name        TEXT NOT NULL DEFAULT '',
  email       TEXT NOT NULL DEFAULT '',
  identity    BLOB NOT NULL,        -- HMAC-SHA-256 of the normalised address, or of source and id: joins one person's conversations
  UNIQUE (source, external_id)
) STRICT;
CREATE INDEX customers_identity ON customers (identity);

-- Customers whose rows were deleted at their wish: what is older than that is not taken
-- in again, from whatever source.
CREATE TABLE erased (
  who BLOB PRIMARY KEY,             -- HMAC-SHA-256 as customers.identity, of an address or of source and id
  at  INTEGER NOT NULL              -- our time of the erasure
) WITHOUT ROWID, STRICT;

CREATE TABLE conversations (
  id              INTEGER PRIMARY KEY,
  source          TEXT NOT NULL,
  external_id     TEXT NOT NULL,    -- the source's id; for mail 'm-' and a hash of the first Message-ID
  channel         TEXT NOT NULL DEFAULT '', -- email, chat, form, review, social, phone
  inbox           TEXT NOT NULL DEFAULT '',
  subject         TEXT NOT NULL DEFAULT '',
  created_at      INTEGER NOT NULL,
  priority        TEXT NOT NULL DEFAULT '',
  team            TEXT NOT NULL DEFAULT '',
  form            TEXT NOT NULL DEFAULT '',
  tags            TEXT NOT NULL DEFAULT '[]', -- JSON array of strings
  excluded        TEXT NOT NULL DEFAULT '',   -- spam, deleted, test: in no figure, only counted
  customer_id     INTEGER REFERENCES customers (id),
  merged_into     INTEGER REFERENCES conversations (id), -- this one went on in another
  last_message_at INTEGER NOT NULL,
  message_count   INTEGER NOT NULL,
  extra           TEXT,             -- JSON object: the source's fields that have no column
  problems        TEXT,             -- JSON array: what could not be taken as it came
  thread_subject  TEXT,             -- mail only: the normalised subject
  content_hash    BLOB,             -- of the record as it came: an unchanged one is a no-op; NULL for mail
  fetched_at      INTEGER NOT NULL, -- our time of the pull that last changed it
  revision        INTEGER NOT NULL, -- grows with every change of anything below it
  UNIQUE (source, external_id)
) STRICT;
CREATE INDEX conversations_last_message ON conversations (last_message_at);
CREATE INDEX conversations_thread ON conversations (source, thread_subject, last_message_at) WHERE thread_subject IS NOT NULL;
CREATE INDEX conversations_merged ON conversations (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX conversations_customer ON conversations (customer_id, created_at);

CREATE TABLE messages (
  id              INTEGER PRIMARY KEY,
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  external_id     TEXT NOT NULL,    -- the source's id; for mail the Message-ID
  seq             INTEGER NOT NULL, -- the source's order among equal times
  at              INTEGER NOT NULL, -- the provider's time: waits use this one
  author          TEXT NOT NULL CHECK (author IN ('customer', 'agent', 'bot', 'auto')),
  author_id       TEXT NOT NULL DEFAULT '',
  public          INTEGER NOT NULL, -- 0: an internal note
  body            TEXT NOT NULL,    -- the whole text as it came, quotes and signature with it
  html            TEXT,             -- where the source gave HTML beside the text
  headers         TEXT,             -- JSON object: the mail headers that tell automatic mail
  fetched_at      INTEGER NOT NULL, -- our time of the pull that first brought it
  UNIQUE (conversation_id, external_id)
) STRICT;
CREATE INDEX messages_at ON messages (at);

-- Which conversation a Message-ID belongs to: of messages that came and of messages
-- that others refer to. This is how replies find their thread in any order.
CREATE TABLE mail_refs (
  source          TEXT NOT NULL,
  message_id      TEXT NOT NULL,    -- without angle brackets
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  PRIMARY KEY (source, message_id)
) WITHOUT ROWID, STRICT;
CREATE INDEX mail_refs_conversation ON mail_refs (conversation_id);

-- Changes of state beside the messages, in the source's order.
CREATE TABLE events (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  seq             INTEGER NOT NULL,
  at              INTEGER NOT NULL,
  kind            TEXT NOT NULL,    -- status, handoff, merge, split, assign, or the source's word
  to_value        TEXT NOT NULL DEFAULT '', -- the new status, or the assignee
  into_id         TEXT NOT NULL DEFAULT '', -- merge: external id of the conversation that goes on
  by_author       TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (conversation_id, seq)
) WITHOUT ROWID, STRICT;
CREATE INDEX events_into ON events (into_id) WHERE into_id <> '';

-- Customers' own verdicts.
CREATE TABLE ratings (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  kind            TEXT NOT NULL,    -- csat, nps, ces
  at              INTEGER NOT NULL,
  score           REAL NOT NULL,
  max             REAL NOT NULL,
  comment         TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (conversation_id, kind, at)
) WITHOUT ROWID, STRICT;
CREATE INDEX ratings_at ON ratings (at);

-- Below: derived data.

-- What was found in one message of a customer. Messages of agents have no row
-- here, and the trigger after it sees to that.
CREATE TABLE message_scores (
  message_id  INTEGER PRIMARY KEY REFERENCES messages (id),
  lang        TEXT NOT NULL,        -- pl, en, mixed, another ISO code, und
  sentiment   TEXT,                 -- negative, neutral, positive, mixed; NULL: not scored, reason says why
  reason      TEXT NOT NULL DEFAULT '',
  valence     REAL NOT NULL,        -- -1..1
  confidence  REAL NOT NULL,        -- 0..1
  frustration REAL NOT NULL,        -- 0..1
  level       INTEGER NOT NULL,     -- 0, 1, 2
  signals     TEXT NOT NULL DEFAULT '', -- space-separated
  aspects     TEXT NOT NULL DEFAULT '', -- space-separated aspect:polarity
  stage       TEXT NOT NULL DEFAULT '',
  emotion     TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER message_scores_customers_only BEFORE INSERT ON message_scores
WHEN (SELECT author FROM messages WHERE id = NEW.message_id) IS NOT 'customer'
BEGIN SELECT RAISE(ABORT, 'only customers'' messages are scored'); END;

-- One wait: from a customer's message to what ended it (docs/waits.md).
CREATE TABLE turns (
  conversation_id     INTEGER NOT NULL REFERENCES conversations (id),
  seq                 INTEGER NOT NULL,
  kind                TEXT NOT NULL,    -- first, next, bot, none
  outcome             TEXT NOT NULL,    -- answered, bot_answered, closed_unanswered, no_reply_needed, merged, open
  opened_at           INTEGER NOT NULL,
  closed_at           INTEGER,          -- NULL while open
  seconds             INTEGER,          -- calendar time; NULL while open: it grows
  business_seconds    INTEGER,
  nudges              INTEGER NOT NULL,
  first_nudge_seconds INTEGER,
  parked_seconds      INTEGER NOT NULL, -- open while the status said pending or hold
  thanks              INTEGER NOT NULL, -- opened by a closing-only message
  flags               TEXT NOT NULL DEFAULT '', -- space-separated
  PRIMARY KEY (conversation_id, seq)
) WITHOUT ROWID, STRICT;
CREATE INDEX turns_opened ON turns (opened_at);
CREATE INDEX turns_closed ON turns (closed_at) WHERE closed_at IS NOT NULL;

-- What was found in one conversation, and with which versions.
CREATE TABLE findings (
  conversation_id   INTEGER PRIMARY KEY REFERENCES conversations (id),
  revision          INTEGER NOT NULL, -- of the conversation when it was analysed
  lexicon_version   TEXT NOT NULL,
  analyzer_version  TEXT NOT NULL,
  touchpoint        TEXT NOT NULL,
  frustration       REAL NOT NULL,    -- 0..1, as of an hour after the last message
  level             INTEGER NOT NULL, -- 0, 1, 2
  peak              INTEGER NOT NULL, -- the highest level of any message
  needs_call        INTEGER NOT NULL, -- a person should act
  cause             TEXT NOT NULL DEFAULT '',
  reasons           TEXT NOT NULL DEFAULT '[]', -- JSON array of odzew.Reason
  first_customer_at INTEGER,
  last_customer_at  INTEGER,
  open_since        INTEGER,          -- start of the open turn, NULL where nobody waits
  parked            INTEGER NOT NULL, -- 1: a turn is open while the status says pending or hold
  recheck_at        INTEGER           -- from then on time alone may have changed it: a promise falls due, a wait is long
) STRICT;
CREATE INDEX findings_open ON findings (open_since) WHERE open_since IS NOT NULL;
CREATE INDEX findings_first ON findings (first_customer_at);

-- Days whose rollups are older than what they sum up.
CREATE TABLE stale_days (
  day TEXT PRIMARY KEY
) WITHOUT ROWID, STRICT;

-- Waits that a human's reply ended on a day, as histograms that add up: the
-- percentiles of any span of days come from these. The bounds of the buckets are
-- those of reporter/stats, and never change.
CREATE TABLE wait_rollups (
  day        TEXT NOT NULL,         -- local date of the reply
  touchpoint TEXT NOT NULL,
  channel    TEXT NOT NULL,
  kind       TEXT NOT NULL,         -- first, next
  clock      TEXT NOT NULL,         -- calendar, business
  bucket     INTEGER NOT NULL,
  n          INTEGER NOT NULL,
  PRIMARY KEY (day, touchpoint, channel, kind, clock, bucket)
) WITHOUT ROWID, STRICT;

-- What happened on a day at a touchpoint, in conversations: reports over weeks read
-- these and never messages. A conversation that is active on two days counts on each.
CREATE TABLE activity_rollups (
  day               TEXT NOT NULL,
  touchpoint        TEXT NOT NULL,
  conversations     INTEGER NOT NULL, -- with a customer's message
  negative          INTEGER NOT NULL, -- of these, by the attitude of that day's scored messages
  neutral           INTEGER NOT NULL,
  positive          INTEGER NOT NULL,
  mixed             INTEGER NOT NULL, -- mixed messages, or negative and positive ones
  strong            INTEGER NOT NULL, -- with a message of level 2
  relief            INTEGER NOT NULL, -- with the signal relief, or positive
  messages          INTEGER NOT NULL, -- public, of all hands
  customer_messages INTEGER NOT NULL,
  PRIMARY KEY (day, touchpoint)
) WITHOUT ROWID, STRICT;

-- Conversations on the local date of their customer's first message, each once, with all
-- that is known of it by now: reports on touchpoints and the journey read these. A
-- conversation that went into another one counts in that one only.
CREATE TABLE touchpoint_rollups (
  day               TEXT NOT NULL,
  touchpoint        TEXT NOT NULL,
  stage             TEXT NOT NULL,    -- of the first scored message; empty where none was scored
  conversations     INTEGER NOT NULL, -- with a scored message
  negative          INTEGER NOT NULL, -- of these, with a negative message
  strong            INTEGER NOT NULL, -- of these, of level 2 now or in any message
  messages          INTEGER NOT NULL, -- of customers, scored
  negative_messages INTEGER NOT NULL,
  strong_messages   INTEGER NOT NULL, -- of level 2
  valence           INTEGER NOT NULL, -- the sum of the conversations' mean valences, in millionths
  valence_squares   INTEGER NOT NULL, -- the sum of the squares of these means, in millionths
  asked             INTEGER NOT NULL, -- conversations, scored or not, with a wait for a first reply
  open              INTEGER NOT NULL, -- of these, still without one
  customers         TEXT NOT NULL,    -- the least five keyed hashes, space-separated: enough to tell a smaller group
  PRIMARY KEY (day, touchpoint, stage)
) WITHOUT ROWID, STRICT;

-- What those conversations were about, and what was felt: a conversation counts once
-- a topic.
CREATE TABLE topic_rollups (
  day           TEXT NOT NULL,
  touchpoint    TEXT NOT NULL,
  kind          TEXT NOT NULL,        -- aspect (judged negative or mixed), emotion
  name          TEXT NOT NULL,
  conversations INTEGER NOT NULL,
  PRIMARY KEY (day, touchpoint, kind, name)
) WITHOUT ROWID, STRICT;

-- What a customer filed that the law wants answered by a date.
CREATE TABLE statutory_requests (
  conversation_id INTEGER NOT NULL REFERENCES conversations (id),
  kind            TEXT NOT NULL,      -- complaint, data_request
  at              INTEGER NOT NULL,   -- the provider's time of the message
  message         TEXT NOT NULL,      -- its external id
  PRIMARY KEY (conversation_id, kind)
) WITHOUT ROWID, STRICT;
CREATE INDEX statutory_requests_at ON statutory_requests (at);

-- Conversations that a person should look at: one a customer and cause. A flag
-- carries the versions that made it, and its history stands in flag_events.
CREATE TABLE flags (
  id               INTEGER PRIMARY KEY,
  who              BLOB NOT NULL,     -- customers.identity; of a conversation without customer a hash of itself
  cause            TEXT NOT NULL,     -- the signal that weighs most
  conversation_id  INTEGER NOT NULL REFERENCES conversations (id), -- the latest one
  level            INTEGER NOT NULL,  -- 1, 2
  frustration      REAL NOT NULL,     -- 0..1
  needs_call       INTEGER NOT NULL,
  state            TEXT NOT NULL CHECK (state IN ('open', 'acknowledged', 'resolved', 'muted')),
  opened_at        INTEGER NOT NULL,  -- the provider's time of the message that raised it
  changed_at       INTEGER NOT NULL,  -- our time of the last change of state or level
  reasons          TEXT NOT NULL,     -- JSON array of odzew.Reason
  lexicon_version  TEXT NOT NULL,
  analyzer_version TEXT NOT NULL,
  UNIQUE (who, cause)
) STRICT;
CREATE INDEX flags_conversation ON flags (conversation_id);
CREATE INDEX flags_state ON flags (state, needs_call, frustration);

CREATE TABLE flag_events (
  flag_id INTEGER NOT NULL REFERENCES flags (id),
  at      INTEGER NOT NULL,           -- our time
  event   TEXT NOT NULL,              -- opened, raised, lowered, acknowledged, resolved, reopened, muted
  level   INTEGER NOT NULL,
  by_whom TEXT NOT NULL               -- odzew, or a person
) STRICT;
CREATE INDEX flag_events_flag ON flag_events (flag_id, at);

-- Digests made, one row a local date: this is what keeps a date from being sent twice.
-- Whoever sends one claims it first: sent_to is 'sending' meanwhile, and made_at the time
-- of the claim, which runs out after ten minutes.
CREATE TABLE digests (
  day     TEXT PRIMARY KEY,
  made_at INTEGER NOT NULL,
  sent_at INTEGER,
  sent_to TEXT NOT NULL DEFAULT ''  -- how many recipients, or where it was written; 'sending': a process claimed the date at made_at
) WITHOUT ROWID, STRICT;

-- The lexicons that analyses went by. An older one can be put back, and what an edit
-- cannot change need not be scored again.
CREATE TABLE lexicons (
  version TEXT PRIMARY KEY,         -- as findings carry it
  since   INTEGER,                  -- our time of the analysis that last went over to it; NULL: none did
  shipped TEXT NOT NULL,            -- hash of the program's own part: entries, forms, learned words, models
  entries INTEGER NOT NULL,         -- lines in the site's own files
  overlay BLOB                      -- the site's own files, as a ZIP archive; NULL: more than 4 MiB, not kept
) STRICT;

-- What a candidate for the lexicon (lexicon.shadow) found in a conversation, beside the
-- findings of the live one. It is for comparing only: no flag and no figure comes of it.
CREATE TABLE shadow_findings (
  conversation_id INTEGER PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
  revision        INTEGER NOT NULL, -- of the conversation when both were at it
  live_version    TEXT NOT NULL,    -- lexicon of the findings beside which this stands
  version         TEXT NOT NULL,    -- lexicon of the candidate
  frustration     REAL NOT NULL,
  level           INTEGER NOT NULL,
  needs_call      INTEGER NOT NULL,
  cause           TEXT NOT NULL DEFAULT '',
  messages        INTEGER NOT NULL, -- scored by both
  sentiments      INTEGER NOT NULL, -- of these, with another sentiment
  signals         INTEGER NOT NULL  -- of these, with other signals
) STRICT;

-- For people with a query tool.

CREATE VIEW conversation_overview AS
SELECT c.id, c.source, c.external_id, c.channel, c.inbox, c.subject, f.touchpoint,
       datetime(c.created_at, 'unixepoch') AS created_utc,
       datetime(c.last_message_at, 'unixepoch') AS last_message_utc,
       c.message_count, f.frustration, f.level, f.needs_call, f.cause,
       datetime(f.open_since, 'unixepoch') AS waiting_since_utc
FROM conversations c LEFT JOIN findings f ON f.conversation_id = c.id
WHERE c.excluded = '';

CREATE VIEW message_overview AS
SELECT m.id, c.source, c.external_id AS conversation, m.external_id AS message,
       datetime(m.at, 'unixepoch') AS at_utc, m.author, m.public, m.body,
       s.lang, s.sentiment, s.valence, s.frustration, s.level, s.signals, s.aspects
FROM messages m JOIN conversations c ON c.id = m.conversation_id
LEFT JOIN message_scores s ON s.message_id = m.id;

CREATE VIEW turn_overview AS
SELECT c.source, c.external_id AS conversation, f.touchpoint, t.seq, t.kind, t.outcome,
       datetime(t.opened_at, 'unixepoch') AS opened_utc,
       datetime(t.closed_at, 'unixepoch') AS closed_utc,
       t.seconds, t.business_seconds, t.nudges, t.parked_seconds, t.flags
FROM turns t JOIN conversations c ON c.id = t.conversation_id
JOIN findings f ON f.conversation_id = t.conversation_id
WHERE c.excluded = '';
