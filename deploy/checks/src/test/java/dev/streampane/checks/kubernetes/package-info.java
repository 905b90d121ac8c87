// SPDX-License-Identifier: Apache-2.0
/** Holds the manifests of {@code deploy/kubernetes} to their fields' own models and to the code. */
package dev.streampane.checks.kubernetes;
