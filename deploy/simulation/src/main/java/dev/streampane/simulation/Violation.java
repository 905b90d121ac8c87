// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * One thing that is wrong with a request.
 *
 * @param field a path such as {@code faults.late.by}; empty for the body
 */
@RegisterForReflection
public record Violation(String field, String message) {}
