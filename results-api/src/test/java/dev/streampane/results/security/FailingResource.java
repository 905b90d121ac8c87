// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Fails as a defect would. */
@Path("/failing")
public class FailingResource {

    @GET
    @Operation(hidden = true)
    public String fail() {
        throw new IllegalStateException("secret of dev.streampane");
    }
}
