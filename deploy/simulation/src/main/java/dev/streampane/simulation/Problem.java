// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * The body of every error answer (RFC 9457).
 *
 * @param type URI of the kind of problem; {@code about:blank} if the status says everything
 * @param violations one per wrong field; empty for other problems
 */
@RegisterForReflection
public record Problem(
        String type,
        String title,
        int status,
        String detail,
        String instance,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Violation> violations) {

    /** The media type. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** A problem whose status says everything. */
    static Problem of(int status, String title, String detail, String instance) {
        return new Problem("about:blank", title, status, detail, instance, List.of());
    }
}
