// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.problem.Problem;
import dev.streampane.results.problem.ProblemException;
import dev.streampane.results.problem.ProblemType;
import dev.streampane.results.security.Access;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;

/** {@code /api/v1/windows}: results by query and by id, as in schema window-result/v1 and with all their digits. */
@Path("/api/v1/windows")
@Produces(MediaType.APPLICATION_JSON)
public class WindowResource {

    private final WindowStore store;
    private final JobDirectory jobs;

    WindowResource(WindowStore store, JobDirectory jobs) {
        this.store = store;
        this.jobs = jobs;
    }

    /** One job's windows, newest first; {@code from} inclusive, {@code to} exclusive on the window's start. Parameters: {@link WindowQuery}. */
    @GET
    public Uni<String> find(@Context RoutingContext context) {
        WindowQuery query = WindowQuery.of(context.request().query(), Access.of(context));
        return store.find(query)
                .chain(
                        page ->
                                page.items().isEmpty()
                                        ? jobs.unknown(query.job())
                                                .map(unknown -> known(unknown, query.job(), page))
                                        : Uni.createFrom().item(page))
                .map(Page::json);
    }

    /** The newest revision of one window. */
    @GET
    @Path("/{id}")
    public Uni<String> get(@PathParam("id") String id, @Context RoutingContext context) {
        Parameters.of(context.request().query()).check();
        Access access = access(context, id);
        return store.findById(id)
                .map(
                        found ->
                                found.filter(window -> mayRead(access, window))
                                        .map(JsonNode::toString)
                                        .orElseThrow(() -> unknownId(id)));
    }

    /** Every revision of one window; the last one is the one that holds. */
    @GET
    @Path("/{id}/history")
    public Uni<String> history(@PathParam("id") String id, @Context RoutingContext context) {
        Parameters parameters = Parameters.of(context.request().query(), "limit", "after");
        int limit =
                parameters.integer("limit", 1, WindowQuery.MAX_LIMIT, WindowQuery.DEFAULT_LIMIT);
        Optional<ArrayNode> after =
                WindowQuery.after(parameters, WindowStore.historyFingerprint(id));
        parameters.check();
        Access access = access(context, id);
        return store.history(id, limit, after)
                .map(
                        page -> {
                            if (!page.items().stream().allMatch(row -> mayRead(access, row))
                                    || page.items().isEmpty() && after.isEmpty()) {
                                throw unknownId(id);
                            }
                            return page.json();
                        });
    }

    /** Who asks for a window; its id begins with its job. */
    private static Access access(RoutingContext context, String id) {
        Access access = Access.of(context);
        if (id.indexOf('~') > 0) {
            access.checkJob(id.substring(0, id.indexOf('~')));
        }
        return access;
    }

    /** Windows that the caller may not read answer like windows that are not there. */
    private static boolean mayRead(Access access, JsonNode window) {
        return access.mayRead(window.path("job").asText(), window.path("key").asText());
    }

    private static Page known(boolean unknown, String job, Page page) {
        if (unknown) {
            throw new ProblemException(
                    Problem.unknown(
                            ProblemType.UNKNOWN_JOB,
                            "job",
                            "there is no job '"
                                    + Parameters.shown(job)
                                    + "'; /api/v1/jobs lists them"));
        }
        return page;
    }

    private static ProblemException unknownId(String id) {
        return new ProblemException(
                Problem.unknown(
                        ProblemType.UNKNOWN_ID,
                        "id",
                        "there is no window '" + Parameters.shown(id) + "'"));
    }
}
