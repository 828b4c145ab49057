//! Tables as diesel sees them, the same for both databases.
//!
//! Comes in: nothing. Goes out: table definitions that match `migrations/`. Refuses: nothing.

#![allow(missing_docs, clippy::wildcard_imports, unreachable_pub)]

diesel::table! {
    runs (id) {
        id -> Text,
        job -> Text,
        period -> Text,
        input_digest -> Text,
        config_digest -> Text,
        inputs -> Text,
        status -> Text,
        attempt -> BigInt,
        created_ms -> BigInt,
        finished_ms -> Nullable<BigInt>,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    steps (run_id, step) {
        run_id -> Text,
        step -> Text,
        status -> Text,
        attempt -> BigInt,
        started_ms -> BigInt,
        finished_ms -> Nullable<BigInt>,
        output -> Nullable<Text>,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    intakes (source, sha256) {
        source -> Text,
        sha256 -> Text,
        mapping -> Text,
        config_digest -> Text,
        refused -> BigInt,
        detail -> Text,
        first_seen_ms -> BigInt,
        is_current -> BigInt,
    }
}

diesel::table! {
    budget_lines (
        source_sha256, fiscal_year, fiscal_month, department, account, budget_line, accounting_unit, fund_source, project
    ) {
        source_sha256 -> Text,
        fiscal_year -> BigInt,
        fiscal_month -> BigInt,
        department -> Text,
        account -> Text,
        budget_line -> Text,
        accounting_unit -> Text,
        fund_source -> Text,
        project -> Text,
        amount -> BigInt,
        original_budget -> Nullable<BigInt>,
        supplementary_budget -> Nullable<BigInt>,
        carried_over -> Nullable<BigInt>,
        reserve -> Nullable<BigInt>,
        reallocated_in -> Nullable<BigInt>,
        reallocated_out -> Nullable<BigInt>,
        reallocation -> Nullable<BigInt>,
        allotment -> Nullable<BigInt>,
        committed -> Nullable<BigInt>,
        spent -> Nullable<BigInt>,
        unspent_balance -> Nullable<BigInt>,
        source -> Text,
        is_current -> BigInt,
    }
}

diesel::table! {
    budget_events (source_sha256, sheet, row_no) {
        source_sha256 -> Text,
        sheet -> Text,
        row_no -> BigInt,
        fiscal_year -> BigInt,
        happened_on -> Text,
        kind -> Text,
        document_no -> Text,
        from_department -> Text,
        from_account -> Text,
        from_budget_line -> Text,
        to_department -> Text,
        to_account -> Text,
        to_budget_line -> Text,
        amount -> BigInt,
        reason -> Text,
        source -> Text,
        is_current -> BigInt,
    }
}

diesel::table! {
    lake_files (path) {
        path -> Text,
        kind -> Text,
        period -> Text,
        sha256 -> Text,
        n_rows -> BigInt,
        total -> BigInt,
        source -> Text,
        source_sha256 -> Text,
        run_id -> Text,
        is_current -> BigInt,
    }
}

diesel::table! {
    artifacts (run_id, name) {
        run_id -> Text,
        name -> Text,
        kind -> Text,
        department -> Text,
        media_type -> Text,
        sha256 -> Text,
        path -> Text,
        size_bytes -> BigInt,
    }
}

diesel::table! {
    outbox (id) {
        id -> Text,
        run_id -> Text,
        department -> Text,
        recipients -> Text,
        subject -> Text,
        body_text -> Text,
        body_html -> Text,
        attachments -> Text,
        message_id -> Text,
        status -> Text,
        attempts -> BigInt,
        created_ms -> BigInt,
        next_attempt_ms -> BigInt,
        sent_ms -> Nullable<BigInt>,
        reply -> Nullable<Text>,
    }
}

diesel::table! {
    occurrences (job, scheduled_ms) {
        job -> Text,
        scheduled_ms -> BigInt,
        status -> Text,
        run_id -> Nullable<Text>,
        owner -> Nullable<Text>,
        lease_until_ms -> Nullable<BigInt>,
        epoch -> BigInt,
        detail -> Nullable<Text>,
    }
}

diesel::table! {
    audit (seq) {
        seq -> BigInt,
        at_ms -> BigInt,
        actor -> Text,
        action -> Text,
        subject -> Text,
        detail -> Text,
    }
}

diesel::table! {
    arrivals (name, version) {
        name -> Text,
        version -> BigInt,
        size_bytes -> BigInt,
        mtime_ns -> BigInt,
        ctime_ns -> BigInt,
        inode -> BigInt,
        edges -> Text,
        first_seen_ms -> BigInt,
        last_changed_ms -> BigInt,
        state -> Text,
        reason -> Nullable<Text>,
        sha256 -> Nullable<Text>,
        taken_ms -> Nullable<BigInt>,
        moved_to -> Nullable<Text>,
        is_current -> BigInt,
    }
}

diesel::table! {
    inboxes (inbox) {
        inbox -> Text,
        state -> Text,
        since_ms -> BigInt,
        scanned_ms -> BigInt,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    labels (seq) {
        seq -> BigInt,
        source -> Text,
        sheet -> Text,
        row_no -> BigInt,
        document_no -> Text,
        outcome -> Text,
        reason -> Text,
        minutes -> Nullable<BigInt>,
        decided_by -> Text,
        decided_on -> Text,
        recorded_ms -> BigInt,
        origin -> Text,
    }
}

diesel::table! {
    covered (run_id, check_id, department) {
        run_id -> Text,
        check_id -> Text,
        department -> Text,
        status -> Text,
        remarks -> Text,
        population_rows -> BigInt,
        population_amount -> BigInt,
        tested_rows -> BigInt,
        tested_amount -> BigInt,
        blank_rows -> BigInt,
        no_rule_rows -> BigInt,
        fired_rows -> BigInt,
        fired_amount -> BigInt,
        put_aside_rows -> BigInt,
        put_aside_amount -> BigInt,
    }
}

diesel::table! {
    fired (run_id, check_id, source, sheet, row_no) {
        run_id -> Text,
        check_id -> Text,
        source -> Text,
        sheet -> Text,
        row_no -> BigInt,
        period -> Text,
        document_no -> Text,
        case_no -> BigInt,
        amount -> BigInt,
        points -> BigInt,
        is_shadow -> BigInt,
    }
}

diesel::table! {
    check_states (seq) {
        seq -> BigInt,
        check_id -> Text,
        state -> Text,
        from_period -> Text,
        reason -> Text,
        changed_by -> Text,
        recorded_ms -> BigInt,
        run_id -> Nullable<Text>,
    }
}

diesel::table! {
    check_notices (state_seq) {
        state_seq -> BigInt,
        acknowledged_by -> Text,
        recorded_ms -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(artifacts, runs);
diesel::allow_tables_to_appear_in_same_query!(fired, lake_files, runs);
diesel::allow_tables_to_appear_in_same_query!(check_states, check_notices);
