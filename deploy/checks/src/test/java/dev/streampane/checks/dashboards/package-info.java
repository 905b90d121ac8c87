// SPDX-License-Identifier: Apache-2.0
/** Dashboards and alerts of others against what our services expose and index. */
package dev.streampane.checks.dashboards;
