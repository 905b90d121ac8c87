// SPDX-License-Identifier: Apache-2.0
/** deploy/containers: each Containerfile, and the commands that build it, against the code. */
package dev.streampane.checks.containers;
