//! What every implementation of the ports has to do, as a suite that its tests run.
//!
//! Each case begins with an empty index. A case that fails panics; the panic's place says which sentence of the ports
//! was broken. A bug found in one implementation becomes a case here.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a suite of tests fails by panicking")]

mod access;
mod crawling;
mod elsewhere;
mod failures;
mod feed;
mod going_on;
mod kinds;
mod links;
mod listing;
mod matching;
mod naming;
mod readiness;
mod routing;
pub(crate) mod sample;
mod searching;
mod storing;
mod worklist;

use crate::ports::{
    Accounts, ChangeFeed, Crawls, Elsewhere, Failures, LinkSessions, Links, Readiness, Registry, Routes, StudyIndex,
    Workitems,
};

/// Everything that an index is.
pub trait Index:
    StudyIndex
    + ChangeFeed
    + Readiness
    + Registry
    + Accounts
    + Links
    + LinkSessions
    + Crawls
    + Routes
    + Elsewhere
    + Failures
    + Workitems
{
}

impl<T> Index for T where
    T: StudyIndex
        + ChangeFeed
        + Readiness
        + Registry
        + Accounts
        + Links
        + LinkSessions
        + Crawls
        + Routes
        + Elsewhere
        + Failures
        + Workitems
{
}

/// Runs cases, each on an empty index.
macro_rules! cases {
    ($make:ident: $($room:ident :: $case:ident),+ $(,)?) => {$(
        let index = $make().await;
        Box::pin($room::$case(&index)).await;
    )+};
}

/// Runs the whole suite; `make` makes an empty index.
///
/// # Panics
/// When the implementation breaks a sentence of the ports.
pub async fn run<S: Index>(make: impl AsyncFn() -> S) {
    searches(&make).await;
    people(&make).await;
    crawls(&make).await;
    routes(&make).await;
    works(&make).await;
    cases! { make:
        failures::failures_are_kept_latest_first_and_bounded,
        storing::verdicts_are_in_order,
        storing::a_conflict_leaves_the_first,
        storing::conflicts_are_listed_latest_first,
        storing::a_uid_under_another_study_is_a_conflict,
        storing::first_values_stay_and_missing_ones_are_filled_in,
        storing::deep_nesting_does_no_harm,
        storing::totals_count_distinct_studies_and_all_copies,
        listing::instances_come_in_pages,
        listing::a_series_has_an_order_and_its_instances_are_found_by_name,
        listing::copies_of_an_instance_come_together,
        listing::the_middle_image_stands_for_a_scope,
        feed::lines_are_numbered_without_gaps,
        feed::applied_lines_answer_like_the_original,
        feed::repeated_lines_change_nothing,
        feed::lines_that_are_passed_over_are_no_gap,
        feed::a_gap_applies_nothing,
        feed::deletions_leave_nothing_empty,
        feed::deleting_one_copy_leaves_the_other,
        feed::a_deleted_study_is_lines_of_the_feed,
        feed::what_was_deleted_is_gone_until_it_comes_again,
        readiness::versions_follow_their_instances,
        readiness::copies_give_the_version_of_the_first_stored,
        readiness::changed_series_wait_until_they_are_settled,
        readiness::what_changed_meanwhile_waits_on,
    }
}

async fn people<S: Index>(make: &impl AsyncFn() -> S) {
    cases! { make:
        access::an_invitation_is_used_once,
        access::certificates_end_with_revocation,
        access::a_site_is_held_by_the_hub_or_has_an_adapter,
        access::sites_are_listed_by_name,
        access::accounts_are_replaced,
        access::sessions_end,
        links::links_are_kept_and_listed,
        links::no_more_attempts_than_a_link_has,
        links::what_cannot_be_opened_is_not_there,
        links::link_sessions_end,
        links::links_that_ended_long_ago_are_forgotten,
        links::a_manifest_is_a_second_way_to_the_same_link,
        links::a_links_permit_narrows_searches,
    }
}

async fn searches<S: Index>(make: &impl AsyncFn() -> S) {
    cases! { make:
        matching::study_keys,
        matching::series_and_instance_keys,
        matching::wrong_keys_are_refused,
        kinds::empty_values,
        kinds::all_of_several_values,
        kinds::dates_with_times,
        kinds::keys_of_one_sequence_match_one_item,
        naming::literal_names_go_by_group_and_component,
        naming::fuzzy_names_cross_scripts_and_orders,
        naming::names_come_late_and_go,
        going_on::parts_make_the_whole,
        going_on::what_comes_meanwhile_moves_nothing,
        going_on::a_position_outlives_its_study,
        searching::the_latest_study_is_first,
        searching::pages_are_stable_and_complete,
        searching::studies_are_counted_once,
        searching::sites_narrow,
        searching::copies_are_one_result,
        searching::one_copy_that_matches_is_enough,
        searching::keys_below_the_level_match_in_one_thing,
        searching::answers_carry_what_was_asked,
        searching::computed_attributes,
    }
}

/// What goes on to others, and what is held.
async fn routes<S: Index>(make: &impl AsyncFn() -> S) {
    cases! { make:
        routing::what_arrives_waits_for_each_destination,
        routing::what_is_held_is_told_when_it_is_released,
        routing::a_held_study_can_be_deleted,
        routing::changed_instances_are_known_by_what_they_were,
    }
}

/// What is remembered of old archives that are taken over.
async fn crawls<S: Index>(make: &impl AsyncFn() -> S) {
    cases! { make:
        crawling::windows_are_asked_latest_first_and_halved,
        crawling::studies_come_latest_first_until_they_are_whole,
        crawling::a_later_pass_finds_new_changed_and_gone,
        crawling::what_rules_left_out_lacks_nowhere,
        crawling::what_was_given_up_is_tried_again_in_the_next_pass,
        crawling::what_is_told_otherwise_is_fetched_again_and_what_is_not_seen_is_listed,
        crawling::what_was_whole_long_ago_is_looked_into,
        elsewhere::bytes_come_in_place_of_a_promise,
        elsewhere::what_leaves_the_cache_is_nearline_until_it_comes_again,
        elsewhere::other_bytes_of_the_pacs_take_the_place_of_what_it_gave,
        elsewhere::what_the_pacs_has_no_more_goes_and_what_is_kept_stays,
        elsewhere::what_the_pacs_has_no_more_takes_nothing_with_it,
        elsewhere::a_series_that_nobody_has_seen_is_not_made_ready,
    }
}

/// The region's worklist.
async fn works<S: Index>(make: &impl AsyncFn() -> S) {
    cases! { make:
        worklist::a_step_is_changed_by_who_has_read_it,
        worklist::steps_are_found_in_the_order_they_came,
        worklist::what_ended_is_forgotten_unless_it_is_locked,
        worklist::subscribers_are_told_of_what_they_wanted,
        worklist::standing_subscriptions_are_replaced_and_bounded,
    }
}
