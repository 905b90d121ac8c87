// SPDX-License-Identifier: Apache-2.0
/** deploy/compose against the Compose specification's schema and the code. */
package dev.streampane.checks.compose;
