-- What a campaign's deadlines were before it changed them, and what they are since, in its rule set of that number: who
-- judges an action again tells which of its due days have moved by that.  Other requests say nothing of deadlines.
ALTER TABLE to_judge ADD COLUMN rules_number integer;
ALTER TABLE to_judge ADD COLUMN deadlines_before jsonb;
ALTER TABLE to_judge ADD COLUMN deadlines_after jsonb;
