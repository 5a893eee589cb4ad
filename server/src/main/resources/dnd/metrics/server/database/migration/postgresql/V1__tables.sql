-- Keys are ordered by code points on every database, hence COLLATE "C". JSON stays as it was written, hence json.

CREATE TABLE metadata (
  "metric" text COLLATE "C" NOT NULL,
  "type" text,
  "help" text,
  "unit" text,
  "updated_at" timestamptz,
  PRIMARY KEY ("metric")
);

CREATE TABLE alert_rules (
  "id" text COLLATE "C" NOT NULL,
  "name" text,
  "kind" text,
  "severity" text,
  "active" boolean,
  "file" text,
  "group_name" text,
  "position" bigint,
  "group_definition" json,
  "definition" json,
  "updated_at" timestamptz,
  "updated_by" text,
  PRIMARY KEY ("id")
);

CREATE TABLE alerts (
  "id" text COLLATE "C" NOT NULL,
  "rule" text,
  "status" text,
  "severity" text,
  "timestamp" timestamptz,
  "started_at" timestamptz,
  "pending_since" timestamptz,
  "resolved_at" timestamptz,
  "keep_firing_since" timestamptz,
  "ends_at" timestamptz,
  "fingerprint" text,
  "group_name" text,
  "file" text,
  "labels" json,
  "annotations" json,
  "value" double precision,
  "correlation_id" text,
  "source" text,
  PRIMARY KEY ("id")
);

CREATE TABLE announcements (
  "alert_id" text COLLATE "C" NOT NULL,
  "kind" text COLLATE "C" NOT NULL,
  "event_id" text,
  "announced_at" timestamptz,
  "repeats" bigint,
  PRIMARY KEY ("alert_id", "kind")
);

CREATE TABLE silences (
  "id" text COLLATE "C" NOT NULL,
  "matchers" json,
  "starts_at" timestamptz,
  "ends_at" timestamptz,
  "created_by" text,
  "comment" text,
  "status" text,
  "updated_at" timestamptz,
  PRIMARY KEY ("id")
);

CREATE TABLE dashboards (
  "project" text COLLATE "C" NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "version" bigint,
  "body" json,
  "updated_at" timestamptz,
  "updated_by" text,
  "deleted" boolean,
  PRIMARY KEY ("project", "name")
);

CREATE TABLE dashboard_history (
  "project" text COLLATE "C" NOT NULL,
  "name" text COLLATE "C" NOT NULL,
  "version" bigint NOT NULL,
  "body" json,
  "updated_at" timestamptz,
  "updated_by" text,
  "deleted" boolean,
  PRIMARY KEY ("project", "name", "version")
);

CREATE INDEX alerts_by_status ON alerts ("status", "timestamp");
