// SPDX-License-Identifier: Apache-2.0
package dev.streampane.iot;

import dev.streampane.simulation.FieldReader;
import dev.streampane.simulation.Problem;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** Shows and steers the simulator while it runs. */
@Path("/api/v1/simulator")
@Produces(MediaType.APPLICATION_JSON)
public class IotResource {

    private final IotSimulation simulation;

    IotResource(IotSimulation simulation) {
        this.simulation = simulation;
    }

    /** What it does, what it has sent, and what became of it. */
    @GET
    @Operation(summary = "State and counts")
    public IotState state() {
        return simulation.state();
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
                                @ExampleObject(name = "rate of tags", value = "{\"tags\":{\"rate\":100}}"),
                                @ExampleObject(
                                        name = "rate and faults",
                                        value =
                                                "{\"rate\":500,\"faults\":{\"late\":{\"probability\":0.01,\"by\":\"3m\"}}}")
                            }))
    @APIResponse(
            responseCode = "200",
            description = "The new state",
            content = @Content(schema = @Schema(implementation = IotState.class)))
    @APIResponse(
            responseCode = "400",
            description = "A problem that names each wrong field",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
    public synchronized IotState adjust(byte[] body) { // what is not named stays, also of two requests at once
        simulation.adjust(IotAdjustment.read(
                FieldReader.parse(body), simulation.faults(), simulation.tags().isPresent()));
        return simulation.state();
    }
}
