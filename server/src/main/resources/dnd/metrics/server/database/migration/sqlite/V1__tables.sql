-- Times are Unix milliseconds, booleans 0 and 1; NaN, which SQLite has not, is the text NaN.

CREATE TABLE metadata (
  "metric" TEXT NOT NULL,
  "type" TEXT,
  "help" TEXT,
  "unit" TEXT,
  "updated_at" INTEGER,
  PRIMARY KEY ("metric")
) WITHOUT ROWID;

CREATE TABLE alert_rules (
  "id" TEXT NOT NULL,
  "name" TEXT,
  "kind" TEXT,
  "severity" TEXT,
  "active" INTEGER,
  "file" TEXT,
  "group_name" TEXT,
  "position" INTEGER,
  "group_definition" TEXT,
  "definition" TEXT,
  "updated_at" INTEGER,
  "updated_by" TEXT,
  PRIMARY KEY ("id")
) WITHOUT ROWID;

CREATE TABLE alerts (
  "id" TEXT NOT NULL,
  "rule" TEXT,
  "status" TEXT,
  "severity" TEXT,
  "timestamp" INTEGER,
  "started_at" INTEGER,
  "pending_since" INTEGER,
  "resolved_at" INTEGER,
  "keep_firing_since" INTEGER,
  "ends_at" INTEGER,
  "fingerprint" TEXT,
  "group_name" TEXT,
  "file" TEXT,
  "labels" TEXT,
  "annotations" TEXT,
  "value" REAL,
  "correlation_id" TEXT,
  "source" TEXT,
  PRIMARY KEY ("id")
) WITHOUT ROWID;

CREATE TABLE announcements (
  "alert_id" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "event_id" TEXT,
  "announced_at" INTEGER,
  "repeats" INTEGER,
  PRIMARY KEY ("alert_id", "kind")
) WITHOUT ROWID;

CREATE TABLE silences (
  "id" TEXT NOT NULL,
  "matchers" TEXT,
  "starts_at" INTEGER,
  "ends_at" INTEGER,
  "created_by" TEXT,
  "comment" TEXT,
  "status" TEXT,
  "updated_at" INTEGER,
  PRIMARY KEY ("id")
) WITHOUT ROWID;

CREATE TABLE dashboards (
  "project" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "version" INTEGER,
  "body" TEXT,
  "updated_at" INTEGER,
  "updated_by" TEXT,
  "deleted" INTEGER,
  PRIMARY KEY ("project", "name")
) WITHOUT ROWID;

CREATE TABLE dashboard_history (
  "project" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "version" INTEGER NOT NULL,
  "body" TEXT,
  "updated_at" INTEGER,
  "updated_by" TEXT,
  "deleted" INTEGER,
  PRIMARY KEY ("project", "name", "version")
) WITHOUT ROWID;

CREATE INDEX alerts_by_status ON alerts ("status", "timestamp");
