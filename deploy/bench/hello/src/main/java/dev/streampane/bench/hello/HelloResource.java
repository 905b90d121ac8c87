// SPDX-License-Identifier: Apache-2.0
package dev.streampane.bench.hello;

import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.nio.file.Files;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Answers every request with the same text, on the event loop that received it. */
@Path("/")
public class HelloResource {

    private final String body;

    HelloResource(@ConfigProperty(name = "hello.body") java.nio.file.Path file) throws IOException {
        body = Files.readString(file);
    }

    /** The text of the file {@code hello.body}. */
    @GET
    @NonBlocking
    @Produces(MediaType.APPLICATION_JSON)
    public String hello() {
        return body;
    }
}
