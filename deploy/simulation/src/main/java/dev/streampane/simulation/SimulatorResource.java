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
 * Shows and controls a running simulator.
 *
 * @param <S> type of the simulator's state
 */
@Produces(MediaType.APPLICATION_JSON)
public abstract class SimulatorResource<S extends SimulatorState> {

    /** What the simulator does, what it has sent, and what became of it. */
    @GET
    @Operation(summary = "State and counts")
    public S state() {
        return current();
    }

    /**
     * Pauses, resumes, or changes rates and faults; a field that is not given keeps its value. Answers with the new state. If
     * a field is wrong, changes nothing and answers with a problem (400) that names each wrong field.
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
    public synchronized S adjust(byte[] body) { // two requests at once: neither undoes what the other changed
        adjust(FieldReader.parse(body));
        return current();
    }

    protected abstract S current();

    /**
     * Changes what the request names.
     *
     * @throws InvalidRequestException if fields are unknown or not allowed; names all of them
     */
    protected abstract void adjust(JsonNode json);
}
