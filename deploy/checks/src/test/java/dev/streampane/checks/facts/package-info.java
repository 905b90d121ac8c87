// SPDX-License-Identifier: Apache-2.0
/** What the code has, read from the code itself: every check of a manifest, a dashboard or a page compares with these. */
package dev.streampane.checks.facts;
