package picture

// The page around the picture. Colours are from a scale that readers with any colour sight, and a
// printer, tell apart by lightness; criticality is told by the border as well.
const pageHead = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%s</title>
<style>
body{font:14px/1.4 system-ui,sans-serif;margin:16px;color:#1a1a1a;background:#fff}
h1{font-size:20px;margin:0 0 4px}p{margin:4px 0 8px}
.goal{color:#a50026;font-weight:600}
.badge{display:inline-block;border:2px solid;border-radius:10px;padding:1px 8px;margin:2px 4px 2px 0;font-size:12px}
.failed{border-color:#a50026;color:#a50026;font-weight:600}.held{border-color:#4575b4;color:#2b4a78}
svg{max-width:100%%;height:auto}
.band{fill:#f4f5f7}.head{font-size:13px;font-weight:600;fill:#444;paint-order:stroke;stroke:#f4f5f7;stroke-width:4px}
.line{fill:none;stroke:#b5b9c2;stroke-width:1}.way{stroke:#a50026;stroke-width:3}
.ci rect{fill:#fff;stroke:#8a8f99;stroke-width:1}.ci text{fill:#1a1a1a;pointer-events:none}
.k1 rect{fill:#fef6e4}.k2 rect{fill:#fee8b8}.k3 rect{fill:#fdcc78;stroke-width:1.5}.k4 rect{fill:#f7964f;stroke-width:2}.k5 rect{fill:#e8603c;stroke:#5a1206;stroke-width:2.5}
.bygroup rect{stroke-dasharray:5 3}.on rect{stroke:#a50026;stroke-width:3}
.hover rect{stroke:#0b3d91;stroke-width:3}#shown path{fill:none;stroke:#0b3d91;stroke-width:2.5}
.dim{opacity:.15}#find{font:inherit;font-size:12px;width:19em;margin-left:8px}.key #found{border:0}
.key span{display:inline-block;border:1px solid #8a8f99;padding:0 8px;margin-right:4px;font-size:12px}
@media print{body{margin:0}.key{display:none}}
</style></head><body>
<h1>%s</h1><p>%s</p><p class="goal">%s</p>
<p class="key">Criticality <span>none</span><span style="background:#fef6e4">1</span><span style="background:#fee8b8">2</span><span style="background:#fdcc78">3</span><span style="background:#f7964f">4</span><span style="background:#e8603c">5</span> dashed: fails with a redundancy group &middot; red: the way to the most critical &middot; point at a CI to see the way to it <input id="find" type="search" placeholder="find by name, ID, class, owner"> <span id="found"></span></p>
`

const pageTail = `<script>
(function(){
var all={},shown=document.getElementById("shown");
document.querySelectorAll("g.ci").forEach(function(e){all[e.dataset.id]=e;
e.addEventListener("mouseenter",function(){show(e)});e.addEventListener("mouseleave",clear)});
var box=document.getElementById("find"),told=document.getElementById("found");
box.addEventListener("input",function(){var t=box.value.trim().toLowerCase(),n=0;
for(var id in all){var hit=!t||all[id].textContent.toLowerCase().indexOf(t)>=0;all[id].classList.toggle("dim",!hit);if(t&&hit)n++}
told.textContent=t?n+" found":""});
function clear(){shown.textContent="";document.querySelectorAll(".hover").forEach(function(e){e.classList.remove("hover")})}
function show(e){clear();for(var n=0;e&&n<100000;n++){e.classList.add("hover");var f=all[e.dataset.from];if(!f)break;
var a=f.querySelector("rect"),b=e.querySelector("rect"),g=function(r,k){return +r.getAttribute(k)};
var x1=g(a,"x")+g(a,"width")/2,y1=g(a,"y")+g(a,"height"),x2=g(b,"x")+g(b,"width")/2,y2=g(b,"y"),m=Math.max((y2-y1)/2,12);
var p=document.createElementNS("http://www.w3.org/2000/svg","path");
p.setAttribute("d","M"+x1+" "+y1+"C"+x1+" "+(y1+m)+" "+x2+" "+(y2-m)+" "+x2+" "+y2);shown.appendChild(p);e=f}}
})();
</script></body></html>
`
