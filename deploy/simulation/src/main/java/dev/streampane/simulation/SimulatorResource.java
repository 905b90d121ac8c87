// SPDX-License-Identifier: Apache-2.0
package dev.streampane.simulation;

import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/**
 * Shows and steers a simulator while it runs.
 *
 * @param <S> its state
 */
@Produces(MediaType.APPLICATION_JSON)
public abstract class SimulatorResource<S extends SimulatorState> {

    /** What it does, what it has sent, and what became of it. */
    @GET
    @Operation(summary = "State and counts")
    public S state() {
        return current();
    }

    /**
     * Pauses, resumes, or changes rates and faults; what is not named stays. Answers with the new state, or with a problem
     * (400) that names each wrong field, and then nothing is changed.
     */
    @PUT
    @Blocking
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Pause, resume, change rates or faults",
            description = "What is not named stays as it is. A wrong field changes nothing.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            schema = @Schema(type = SchemaType.OBJECT),
                            examples = {
                                @ExampleObject(name = "pause", value = "{\"state\":\"PAUSED\"}"),
                                @ExampleObject(
                                        name = "rate and faults",
                                        value =
                                                "{\"rate\":500,\"faults\":{\"late\":{\"probability\":0.01,\"by\":\"3m\"}}}")
                            }))
    @APIResponse(responseCode = "200", description = "The new state")
    @APIResponse(
            responseCode = "400",
            description = "A problem that names each wrong field",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public synchronized S adjust(byte[] body) { // what is not named stays, also of two requests at once
        adjust(FieldReader.parse(body));
        return current();
    }

    protected abstract S current();

    /**
     * Changes what is named.
     *
     * @throws InvalidRequestException naming every field that is unknown or not allowed
     */
    protected abstract void adjust(JsonNode json);
}
