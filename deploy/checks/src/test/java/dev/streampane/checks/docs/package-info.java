// SPDX-License-Identifier: Apache-2.0
/** Every page of the repository against the code that it names. */
package dev.streampane.checks.docs;
