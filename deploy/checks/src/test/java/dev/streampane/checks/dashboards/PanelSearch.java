// SPDX-License-Identifier: Apache-2.0
package dev.streampane.checks.dashboards;

import static dev.streampane.checks.facts.Sources.items;
import static dev.streampane.checks.facts.Sources.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.streampane.checks.dashboards.KibanaTest.Saved;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a panel asks of Elasticsearch: buckets within buckets, the metrics in the innermost.
 *
 * @param name whose it is
 * @param index alias that is asked
 * @param time the field by which the last day is asked for
 * @param query in Lucene's language
 */
record PanelSearch(String name, String index, String time, String query, List<Agg> buckets, List<Agg> metrics) {

    /** A field in a query of Lucene's or Kibana's language. */
    private static final Pattern IN_QUERY = Pattern.compile("([@\\w.]+)\\s*:");

    /** Buckets, or a number of each. */
    record Agg(String id, String type, String field) {

        boolean isCount() {
            return type.equals("count");
        }
    }

    /** By a visualization of Kibana. */
    static PanelSearch of(Saved visualization) {
        JsonNode state = visualization.nested("/visState");
        Saved view = visualization.dataView();
        return new PanelSearch(
                visualization.toString(),
                view.title(),
                text(view.attributes(), "/timeFieldName"),
                text(visualization.searchSource(), "/query/query").replace(" and ", " AND "),
                ofKibana(state, false),
                ofKibana(state, true));
    }

    private static List<Agg> ofKibana(JsonNode state, boolean metrics) {
        return items(state, "/aggs")
                .filter(it -> text(it, "/schema").equals("metric") == metrics)
                .map(it -> new Agg(text(it, "/id"), text(it, "/type"), text(it, "/params/field")))
                .toList();
    }

    /** By a target of a panel of Grafana. */
    static PanelSearch of(String name, String index, JsonNode target) {
        return new PanelSearch(
                name,
                index,
                text(target, "/timeField"),
                text(target, "/query"),
                ofGrafana(target, "/bucketAggs"),
                ofGrafana(target, "/metrics"));
    }

    private static List<Agg> ofGrafana(JsonNode target, String list) {
        return items(target, list)
                .map(it -> new Agg(text(it, "/id"), text(it, "/type"), text(it, "/field")))
                .toList();
    }

    /** Every field that it names. */
    Set<String> fields() {
        Set<String> fields = new TreeSet<>(Set.of(time));
        IN_QUERY.matcher(query.replaceAll("\"[^\"]*\"", "\"\"")).results().forEach(it -> fields.add(it.group(1)));
        Stream.concat(buckets.stream(), metrics.stream())
                .filter(it -> !it.isCount())
                .forEach(it -> fields.add(it.field()));
        return fields;
    }

    /** The request, of whatever time the documents are. */
    String json() {
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("size", 0);
        if (!query.isEmpty()) {
            request.putObject("query").putObject("query_string").put("query", query);
        }
        ObjectNode place = request;
        for (Agg bucket : buckets) {
            ObjectNode agg = place.withObject("/aggs").putObject(bucket.id());
            ObjectNode params = agg.putObject(bucket.type()).put("field", bucket.field());
            if (bucket.type().equals("date_histogram")) {
                params.put("fixed_interval", "5m").put("min_doc_count", 1);
            }
            place = agg;
        }
        for (Agg metric : metrics) {
            if (!metric.isCount()) {
                place.withObject("/aggs")
                        .putObject(metric.id())
                        .putObject(metric.type())
                        .put("field", metric.field());
            }
        }
        return request.toString();
    }

    @Override
    public String toString() {
        return name;
    }
}
