// SPDX-License-Identifier: Apache-2.0
/** .github/workflows against their schema, the rules of least privilege, and the files that they name; the forms of issues, and the devcontainer. */
package dev.streampane.checks.workflows;
