"""The state machine: read it as a table of contents."""

from langgraph.graph import END, START, StateGraph

from graph import routes
from graph.context import Context
from graph.nodes.check import check
from graph.nodes.debug import debug
from graph.nodes.design import design
from graph.nodes.document import document
from graph.nodes.draft import draft
from graph.nodes.evaluate import evaluate
from graph.nodes.execute import execute
from graph.nodes.improve import improve
from graph.nodes.integrate import integrate
from graph.nodes.outline import outline
from graph.nodes.review import review
from graph.nodes.run_draft import run_draft
from graph.nodes.search import search
from graph.nodes.select import select
from graph.nodes.simplify import simplify
from graph.nodes.terms import terms
from graph.nodes.tune import tune
from graph.nodes.verify import verify
from graph.nodes.write_draft import write_draft
from graph.nodes.write_module import write_module
from graph.nodes.write_program import write_program
from graph.state import State
from graph.watched import watched


def build_graph() -> StateGraph[State, Context]:
    graph = StateGraph(State, context_schema=Context)

    graph.add_node("terms", watched(terms))
    graph.add_node("search", watched(search))
    graph.add_node("outline", watched(outline))
    graph.add_node("design", watched(design))
    graph.add_node("write_module", watched(write_module))
    graph.add_node("write_program", watched(write_program))
    graph.add_node("write_draft", watched(write_draft))
    graph.add_node("integrate", watched(integrate))
    graph.add_node("check", watched(check))
    graph.add_node("execute", watched(execute))
    graph.add_node("run_draft", watched(run_draft))
    graph.add_node("debug", watched(debug))
    graph.add_node("evaluate", watched(evaluate))
    graph.add_node("tune", watched(tune))
    graph.add_node("review", watched(review))
    graph.add_node("draft", watched(draft))
    graph.add_node("improve", watched(improve))
    graph.add_node("simplify", watched(simplify))
    graph.add_node("select", watched(select))
    graph.add_node("verify", watched(verify))
    graph.add_node("document", watched(document))

    graph.add_edge(START, "terms")
    graph.add_conditional_edges("terms", routes.after_terms, ["search", "outline"])
    graph.add_edge("search", "outline")
    graph.add_edge("outline", "design")
    graph.add_conditional_edges("design", routes.after_design, ["write_module", "write_program", "write_draft"])
    graph.add_edge("write_module", "integrate")
    graph.add_edge("write_program", "check")
    graph.add_edge("integrate", "check")
    graph.add_conditional_edges("check", routes.after_check, ["execute", "run_draft", "debug", "evaluate"])
    graph.add_conditional_edges("execute", routes.after_execute, ["debug", "evaluate"])
    graph.add_edge("debug", "check")
    graph.add_conditional_edges(
        "evaluate", routes.after_evaluate, ["debug", "tune", "review", "draft", "improve", "simplify", "select"]
    )
    graph.add_conditional_edges(
        "tune", routes.after_tune, ["check", "review", "draft", "improve", "simplify", "select"]
    )
    graph.add_conditional_edges("review", routes.after_review, ["draft", "improve", "select"])
    graph.add_conditional_edges("draft", routes.after_improve, ["check", "tune"])
    graph.add_conditional_edges("improve", routes.after_improve, ["check", "tune"])
    graph.add_conditional_edges("simplify", routes.after_simplify, ["check", "select"])
    graph.add_edge("select", "verify")
    graph.add_edge("verify", "document")
    graph.add_edge("document", END)
    return graph
