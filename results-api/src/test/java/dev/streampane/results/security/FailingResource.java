// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

/** Fails as a defect would. */
@Path("/failing")
public class FailingResource {

    @GET
    public String fail() {
        throw new IllegalStateException("secret of dev.streampane");
    }
}
