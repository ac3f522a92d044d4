-- A database as version 1 of the tables left it. Never edited: it stands for the files that are out there.
CREATE TABLE records (
  partition TEXT NOT NULL,
  sort TEXT NOT NULL,
  version INTEGER NOT NULL,
  body TEXT,
  pointer TEXT,
  until INTEGER NOT NULL,
  held INTEGER NOT NULL,
  index_partition TEXT,
  index_sort TEXT,
  PRIMARY KEY (partition, sort)
) STRICT;
CREATE INDEX records_by_index ON records (index_partition, index_sort, partition, sort)
  WHERE index_partition IS NOT NULL;
CREATE INDEX records_by_until ON records (until);

CREATE TABLE events (
  stream TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT,
  pointer TEXT,
  until INTEGER NOT NULL,
  at TEXT,
  type TEXT,
  PRIMARY KEY (stream, id)
) STRICT;
CREATE INDEX events_by_until ON events (until);

INSERT INTO records (partition, sort, version, body, pointer, until, held, index_partition, index_sort)
VALUES ('p', 'a', 3, '{"kept":true}', NULL, 4102444800000, 4102444800000, 'index', '1');
INSERT INTO events (stream, id, body, pointer, until, at, type)
VALUES ('s', 'evt_a', '{"type":"task.opened"}', NULL, 4102444800000, NULL, 'task.opened');
PRAGMA user_version = 1;
