// SPDX-License-Identifier: Apache-2.0
/** .github/workflows against their schema, the rules of least privilege, and the files that they name. */
package dev.streampane.checks.workflows;
