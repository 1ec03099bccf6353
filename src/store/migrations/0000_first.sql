CREATE TABLE `agencies` (
	`id` text PRIMARY KEY NOT NULL,
	`secret_hash` text NOT NULL,
	`secret_made_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `disclosure_coordinates` (
	`chain` text NOT NULL,
	`seq` integer NOT NULL,
	`coordinate` text NOT NULL,
	PRIMARY KEY(`coordinate`, `chain`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `disclosure_sources` (
	`chain` text NOT NULL,
	`seq` integer NOT NULL,
	`source` text NOT NULL,
	`status` text NOT NULL,
	`rows` integer NOT NULL,
	PRIMARY KEY(`source`, `chain`, `seq`)
);
--> statement-breakpoint
CREATE TABLE `disclosures` (
	`chain` text NOT NULL,
	`seq` integer NOT NULL,
	`at` text NOT NULL,
	`correlation_id` text NOT NULL,
	`outcome` text NOT NULL,
	`code` text,
	`agency` text,
	`minted_by` text,
	`purpose` text,
	`epoch` integer NOT NULL,
	`document` text,
	`door` text NOT NULL,
	`rules` text NOT NULL,
	`receipt` text NOT NULL,
	PRIMARY KEY(`chain`, `seq`)
);
--> statement-breakpoint
CREATE INDEX `disclosures_agency` ON `disclosures` (`agency`,`at`);--> statement-breakpoint
CREATE INDEX `disclosures_correlation` ON `disclosures` (`correlation_id`);--> statement-breakpoint
CREATE TABLE `journal_positions` (
	`chain` text PRIMARY KEY NOT NULL,
	`segment` integer NOT NULL,
	`seq` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `policy_epochs` (
	`epoch` integer PRIMARY KEY NOT NULL,
	`activated_at` text NOT NULL,
	`files` text NOT NULL,
	`receipt` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `suspensions` (
	`subject` text PRIMARY KEY NOT NULL,
	`since` text NOT NULL,
	`by` text NOT NULL
);
