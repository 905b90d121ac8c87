// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.windows;

import dev.streampane.results.ResultsConfig;
import dev.streampane.results.consistency.ReadConsistency;
import dev.streampane.results.consistency.ReadConsistency.Requirement;
import dev.streampane.results.paging.ConcurrencyLimits;
import dev.streampane.results.paging.ResultPage;
import dev.streampane.results.problem.Parameter;
import dev.streampane.results.problem.Parameters;
import dev.streampane.results.security.Access;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code /api/v1/windows}: results by query and by id, as in schema window-result/v1 and with all their digits. */
@Path("/api/v1/windows")
@Produces(MediaType.APPLICATION_JSON)
public class WindowResource {

    /** The window's id. */
    public static final Parameter<Void> ID = Parameter.path(
            "id",
            "The result's `id`. Its parts are percent-encoded where needed; in a path it is encoded once more.",
            "weather-average~tumbling-1m~device1~20261120T060000.000Z~20261120T060100.000Z");

    /** The parameters of {@link #get}. */
    public static final List<Parameter<?>> ONE = List.of(
            ID,
            AsOf.PARAMETER,
            ReadConsistency.PARAMETER,
            Parameter.header("If-None-Match", "ETags of revisions that the caller has"));

    /** Its answers, as JSON Schema in YAML. */
    public static final String SCHEMAS =
            ResultPage.schema("Page", "{$ref: '#/components/schemas/LinkedResult'}", "string") + """
            LinkedResult:
              description: A result, with links to more about it; with `fields` only parts of it
              allOf:
                - {$ref: "#/components/schemas/Result"}
                - type: object
                  required: [links]
                  properties:
                    links:
                      type: object
                      description: Paths of the newest revision, of all revisions, and of the explanation
                      required: [self, history, explain]
                      properties:
                        self: {type: string, format: uri-reference}
                        history: {type: string, format: uri-reference}
                        explain: {type: string, format: uri-reference}
            """;

    private final WindowPages pages;
    private final MergedWindows windows;
    private final ReadConsistency consistency;
    private final PastWindows past;
    private final ConcurrencyLimits limits;
    private final String topic;

    WindowResource(
            WindowPages pages,
            MergedWindows windows,
            ReadConsistency consistency,
            PastWindows past,
            ConcurrencyLimits limits,
            ResultsConfig config) {
        this.pages = pages;
        this.windows = windows;
        this.consistency = consistency;
        this.past = past;
        this.limits = limits;
        this.topic = config.topic();
    }

    /** One job's windows, newest first by default; {@code from} (inclusive) and {@code to} (exclusive) bound the start. See {@link WindowQuery}. */
    @GET
    @APIResponse(
            responseCode = "200",
            description = "A page",
            content = {
                @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(ref = "Page")),
                @Content(mediaType = "text/csv", schema = @Schema(type = SchemaType.STRING)),
                @Content(mediaType = "application/x-ndjson", schema = @Schema(type = SchemaType.STRING))
            })
    @APIResponse(responseCode = "404", ref = "Problem404")
    @APIResponse(responseCode = "422", ref = "Problem422")
    public Uni<RestResponse<String>> find(@Context RoutingContext context) {
        Access access = Access.of(context);
        WindowQuery query = WindowQuery.page(
                context.request().query(), access, consistency::of, parameters -> AsOf.of(parameters, topic));
        return query.asOf()
                .map(then -> ready(
                        query, access, () -> past.reached(then, access).chain(known -> known(query, known, access))))
                .orElseGet(() -> ready(query, access, () -> pages.first(query, query.limit()))
                        .map(page -> page.shown(query)))
                .map(page -> page.answer(context));
    }

    /** Holds a permit from before Elasticsearch is asked for values, or Kafka for the offsets of an instant. */
    private <T> Uni<T> ready(WindowQuery query, Access access, Supplier<Uni<? extends T>> rows) {
        return pages.ready(query, access).chain(() -> limits.pages()
                .run(access, () -> pages.checkValues(query).chain(rows)));
    }

    private Uni<ResultPage> known(WindowQuery query, AsOf then, Access access) {
        return pages.first(query.ofAnyRevision(), PastWindows.MAX_WINDOWS)
                .chain(page -> past.page(query, then, page, access));
    }

    /** The newest revision of one window; with {@code asOf} the newest one that was known then. */
    @GET
    @Path("/{id}")
    @APIResponse(
            responseCode = "200",
            description = "The result",
            headers = {
                @Header(
                        name = "ETag",
                        description = "Weak, because it is the same with and without compression; it changes with each"
                                + " revision, and is the same on every instance",
                        schema = @Schema(type = SchemaType.STRING, examples = "W/\"1000000100000001-3f1c2a90\"")),
                @Header(
                        name = "Cache-Control",
                        description = "private, no-cache: a revision may come at any time, so a cached answer must be"
                                + " revalidated with If-None-Match",
                        schema = @Schema(type = SchemaType.STRING)),
                @Header(
                        name = "Link",
                        description = "Its history (rel=version-history) and its explanation (rel=explain)",
                        schema = @Schema(type = SchemaType.STRING))
            },
            content = @Content(schema = @Schema(ref = "Result")))
    @APIResponse(responseCode = "304", description = "The caller has the newest revision")
    @APIResponse(responseCode = "404", ref = "Problem404")
    @APIResponse(responseCode = "422", ref = "Problem422")
    public Uni<RestResponse<String>> get(@PathParam("id") String id, @Context RoutingContext context) {
        Parameters parameters = Parameters.of(context.request().query(), ONE);
        Optional<AsOf> asOf = AsOf.of(parameters, topic);
        Requirement wanted = consistency.of(parameters);
        parameters.check();
        Access access = Access.of(context, id);
        pages.checkLoaded();
        return consistency.reached(wanted, access).chain(() -> asOf.map(
                        then -> limits.pages().run(access, () -> past.answer(id, then, access)))
                .orElseGet(() -> newest(id, wanted, access, context)));
    }

    private Uni<RestResponse<String>> newest(String id, Requirement wanted, Access access, RoutingContext context) {
        return windows.one(id, wanted, window -> access.mayRead(window.job(), window.key()))
                .map(one -> one.found()
                        .map(window -> SingleWindow.body(context, window, one.shown())
                                .map(RestResponse::ok)
                                .orElseGet(RestResponse::notModified))
                        .orElseThrow(() -> consistency.missing("window", id, one.shown())));
    }
}
